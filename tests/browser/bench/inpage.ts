import type { Page } from "@playwright/test";

/**
 * Notes in the page, with the wall clock of the machine, when each text
 * appears among the messages. Both pages run on one machine, so their clocks
 * are one.
 */
export function watchMessages(page: Page): Promise<void> {
  return page.evaluate(() => {
    const seen = new Map<string, number>();
    Object.assign(globalThis, { petmailSeen: seen });
    const look = (root: Element) => {
      const now = performance.timeOrigin + performance.now();
      for (const element of root.querySelectorAll('[data-testid="message-text"]')) {
        const text = element.textContent ?? "";
        if (!seen.has(text)) seen.set(text, now);
      }
    };
    // Only what is new: the watching must not cost what is measured.
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) if (node instanceof Element) look(node);
      }
    }).observe(document.body, { childList: true, subtree: true });
    look(document.body);
  });
}

/** When the text appeared in a watched page, in unix milliseconds; waits for it. */
export function appeared(page: Page, text: string): Promise<number> {
  return page.evaluate(async (text) => {
    const { petmailSeen } = globalThis as unknown as { petmailSeen: Map<string, number> };
    for (;;) {
      const time = petmailSeen.get(text);
      if (time !== undefined) return time;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, text);
}

/** Types a text into the open conversation and clicks send, in the page; returns when, in unix milliseconds. */
export function sendNow(page: Page, text: string): Promise<number> {
  return page.evaluate((text) => {
    const field = document.querySelector<HTMLTextAreaElement>('[data-testid="message-input"]');
    const button = document.querySelector<HTMLButtonElement>('[data-testid="send"]');
    if (!field || !button) throw new Error("no conversation is open");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, text);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return new Promise<number>((resolve) => {
      const click = () => {
        if (button.disabled) {
          requestAnimationFrame(click);
          return;
        }
        const now = performance.timeOrigin + performance.now();
        button.click();
        resolve(now);
      };
      click();
    });
  }, text);
}
