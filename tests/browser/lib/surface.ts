/**
 * One page of a browser, as far as a person's steps need it. Playwright drives
 * Chromium and puppeteer drives Firefox; the steps are the same.
 */
export interface Surface {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  url(): Promise<string>;
  title(): Promise<string>;
  /** Waits until the element is there and can be clicked. */
  click(selector: string): Promise<void>;
  /** Replaces the text of a field. */
  fill(selector: string, text: string): Promise<void>;
  press(key: string): Promise<void>;
  /** What stands at each match: its visible text, or its value if it is a field. At once, possibly none. */
  texts(selector: string): Promise<string[]>;
  /** The attribute of each match, at once. */
  attributes(selector: string, name: string): Promise<string[]>;
  visible(selector: string): Promise<boolean>;
  /** What an expression comes to in the page; a promise is awaited. */
  run<T>(expression: string): Promise<T>;
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** The selector of a data-testid. */
export function id(name: string, more = ""): string {
  return `[data-testid="${name}"]${more}`;
}

/** Runs in the page and stands alone there: what a person would read at each element. */
export function readAll(elements: Element[]): string[] {
  return elements.map((element) =>
    element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
      ? element.value
      : (element instanceof HTMLElement ? element.innerText : (element.textContent ?? "")).trim(),
  );
}

/** Runs in the page and stands alone there. */
export function attributeOfAll(elements: Element[], name: string): string[] {
  return elements.map((element) => element.getAttribute(name) ?? "");
}
