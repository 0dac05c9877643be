import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, type KeyInput, launch, type Page } from "puppeteer-core";
import { findFirefox } from "../../../scripts/browsers.mjs";
import { killBrowser } from "./kill.ts";
import { temporaryFolder } from "./paths.ts";
import { attributeOfAll, readAll, type Surface } from "./surface.ts";

/** The host part of the extension's pages; Firefox would draw one at random. */
const EXTENSION_UUID = "5b4a2f86-2f0d-4b8e-9a57-0d3e7c1f5a90";

/** What a Firefox is started with. */
export interface FirefoxOptions {
  /** An unpacked extension. */
  extension?: string;
  /** A folder for the profile; otherwise a temporary one. */
  profile?: string;
  /** Set to keep nothing of any site. */
  keepsNothing?: boolean;
}

/** A Firefox with a profile of its own, driven over WebDriver BiDi. */
export class Firefox {
  private constructor(
    public browser: Browser,
    readonly profile: string,
    private readonly options: FirefoxOptions,
    private readonly remove: () => Promise<void>,
  ) {}

  static async start(options: FirefoxOptions = {}): Promise<Firefox> {
    const folder = options.profile
      ? { path: options.profile, remove: async () => {} }
      : await temporaryFolder("firefox");
    return new Firefox(await start(folder.path, options), folder.path, options, folder.remove);
  }

  async restart(): Promise<void> {
    await this.shut();
    await this.open();
  }

  async shut(): Promise<void> {
    await this.browser.close();
  }

  /** Kills the browser; the profile stays for `open`. */
  async kill(): Promise<void> {
    await killBrowser(this.profile);
    await this.browser.disconnect().catch(() => {});
  }

  async open(): Promise<void> {
    this.browser = await start(this.profile, this.options);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.remove();
  }

  tab(): Promise<Page> {
    return this.browser.newPage();
  }

  /** The address of a page of the extension. */
  extensionPage(path: string): string {
    return `moz-extension://${EXTENSION_UUID}/${path}`;
  }
}

async function start(profile: string, options: FirefoxOptions): Promise<Browser> {
  const executablePath = findFirefox();
  if (!executablePath) throw new Error("no Firefox found: run scripts/install-test-deps");
  const preferences: Record<string, unknown> = {
    "intl.accept_languages": "en-GB",
    "ui.prefersReducedMotion": 1,
    "browser.aboutwelcome.enabled": false,
    // Whoever asks for an optional permission gets it, without a prompt.
    "extensions.webextOptionalPermissionPrompts": false,
    // A temporary extension loses its storage with the browser otherwise.
    "extensions.webextensions.keepStorageOnUninstall": true,
    "extensions.webextensions.keepUuidOnUninstall": true,
  };
  if (options.keepsNothing) preferences["network.cookie.cookieBehavior"] = 2;
  if (options.extension) {
    const manifest: { browser_specific_settings: { gecko: { id: string } } } = JSON.parse(
      await readFile(join(options.extension, "manifest.json"), "utf8"),
    );
    const uuids = { [manifest.browser_specific_settings.gecko.id]: EXTENSION_UUID };
    preferences["extensions.webextensions.uuids"] = JSON.stringify(uuids);
  }
  const browser = await launch({
    browser: "firefox",
    executablePath,
    headless: true,
    userDataDir: profile,
    args: ["--remote-allow-system-access"],
    extraPrefsFirefox: preferences,
    defaultViewport: { width: 1100, height: 760 },
  });
  if (options.extension) await browser.installExtension(options.extension);
  return browser;
}

/** How long the load of an extension's page may take, in milliseconds. */
const EXTENSION_LOAD = 60_000;

/** How long to wait for an element, in milliseconds. */
const PATIENCE = 60_000;

/** A puppeteer page as a Surface. */
export class FirefoxSurface implements Surface {
  constructor(readonly page: Page) {
    page.setDefaultTimeout(PATIENCE);
  }

  async goto(url: string) {
    await this.load(url, () => this.page.goto(url, { timeout: EXTENSION_LOAD }));
  }

  async reload() {
    await this.load(await this.url(), () => this.page.reload({ timeout: EXTENSION_LOAD }));
  }

  /** Waits for a load of a page; Firefox never reports that of an extension's. */
  private async load(url: string, begin: () => Promise<unknown>): Promise<void> {
    if (!url.startsWith("moz-extension:")) {
      await begin();
      return;
    }
    await this.page.evaluate(() => document.documentElement.setAttribute("data-before-load", ""));
    begin().catch(() => {});
    await this.loaded(() =>
      this.page.evaluate(
        () =>
          location.protocol === "moz-extension:" &&
          !document.documentElement.hasAttribute("data-before-load"),
      ),
    );
  }

  /** Asks the page until it is the new one; a page that is going away may never answer. */
  private async loaded(isNew: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + EXTENSION_LOAD;
    while (Date.now() < end) {
      const silence = setTimeout(1_000, false);
      if (await Promise.race([isNew().catch(() => false), silence])) return;
      await setTimeout(50);
    }
    throw new Error("the extension's page did not load");
  }

  url() {
    return this.page.evaluate(() => location.href);
  }
  title() {
    return this.page.title();
  }
  async click(selector: string) {
    const point = await this.patiently(() => this.page.evaluate(clickable, selector));
    await this.page.mouse.click(point.x, point.y);
  }
  async fill(selector: string, text: string) {
    await this.patiently(() => this.page.evaluate(select, selector));
    if (text) await this.page.keyboard.type(text);
    else await this.page.keyboard.press("Backspace");
  }
  async press(key: string) {
    await this.page.keyboard.press(key as KeyInput);
  }
  texts(selector: string) {
    return this.page.evaluate(
      new Function("selector", `return (${readAll})([...document.querySelectorAll(selector)])`) as (
        selector: string,
      ) => string[],
      selector,
    );
  }
  attributes(selector: string, name: string) {
    return this.page.evaluate(
      new Function(
        "selector",
        "name",
        `return (${attributeOfAll})([...document.querySelectorAll(selector)], name)`,
      ) as (selector: string, name: string) => string[],
      selector,
      name,
    );
  }
  visible(selector: string) {
    return this.page.evaluate((selector) => {
      const element = document.querySelector(selector);
      return element?.checkVisibility({ visibilityProperty: true }) ?? false;
    }, selector);
  }

  /** Asks the page until it has an answer. */
  private async patiently<T>(ask: () => Promise<T | undefined>): Promise<T> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() > end) throw new Error("waited in vain for an element");
      await setTimeout(30);
    }
  }

  run<T>(expression: string): Promise<T> {
    return this.page.evaluate(expression) as Promise<T>;
  }
  async screenshot() {
    return Buffer.from(await this.page.screenshot());
  }
  close() {
    return this.page.close();
  }
}

// What runs in the page stands alone there. Elements are looked up each time:
// handles of them do not survive in an extension's page, whose loads Firefox
// does not report.

/** Where an element can be clicked, once it is there, enabled, still and uncovered. */
function clickable(selector: string): { x: number; y: number } | undefined {
  const element = document.querySelector(selector);
  if (!element?.checkVisibility({ visibilityProperty: true }) || element.matches(":disabled"))
    return undefined;
  element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const box = element.getBoundingClientRect();
  const point = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const top = document.elementFromPoint(point.x, point.y);
  return top && (element.contains(top) || top.contains(element)) ? point : undefined;
}

/** Focuses a field and selects what it holds. */
function select(selector: string): true | undefined {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return undefined;
  if (!element.checkVisibility({ visibilityProperty: true }) || element.disabled) return undefined;
  element.focus();
  element.select();
  return true;
}
