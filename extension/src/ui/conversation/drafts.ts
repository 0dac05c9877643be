/** What was written and not yet sent, by conversation; in memory only. */
export class Drafts {
  readonly #texts = new Map<string, string>();

  get(conversation: string): string {
    return this.#texts.get(conversation) ?? "";
  }

  clear(): void {
    this.#texts.clear();
  }

  set(conversation: string, text: string): void {
    if (text === "") this.#texts.delete(conversation);
    else this.#texts.set(conversation, text);
  }
}
