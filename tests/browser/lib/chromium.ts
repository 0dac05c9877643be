import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { findChromium } from "../../../scripts/browsers.mjs";
import { killBrowser } from "./kill.ts";
import { temporaryFolder } from "./paths.ts";
import { attributeOfAll, readAll, type Surface } from "./surface.ts";

/** What a Chromium is started with. */
export interface ChromiumOptions {
  /** An unpacked extension. */
  extension?: string;
  /** A profile folder that another start has used; otherwise a new one. */
  profile?: string;
  colorScheme?: "light" | "dark";
  viewport?: { width: number; height: number };
  locale?: string;
  serviceWorkers?: "allow" | "block";
  /** What it calls itself to servers. */
  userAgent?: string;
  /** Set to keep nothing of any site. */
  keepsNothing?: boolean;
}

/** A Chromium with a profile of its own, as a person has it. */
export class Chromium {
  private constructor(
    public context: BrowserContext,
    readonly profile: string,
    private readonly options: ChromiumOptions,
    private readonly remove: () => Promise<void>,
  ) {}

  static async start(options: ChromiumOptions = {}): Promise<Chromium> {
    const folder = options.profile
      ? { path: options.profile, remove: async () => {} }
      : await temporaryFolder("chromium");
    return new Chromium(await launch(folder.path, options), folder.path, options, folder.remove);
  }

  /** Closes the browser and starts it again on the same profile. */
  async restart(): Promise<void> {
    await this.context.close();
    this.context = await launch(this.profile, this.options);
  }

  /** Closes the browser; the profile stays for `open`. */
  async shut(): Promise<void> {
    await this.context.close();
  }

  /** Kills the browser; the profile stays for `open`. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.context.once("close", resolve));
    await killBrowser(this.profile);
    await closed;
  }

  async open(): Promise<void> {
    this.context = await launch(this.profile, this.options);
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.remove();
  }

  /** The tab that every browser starts with, or one more. */
  async tab(): Promise<Page> {
    const blank = this.context.pages().find((page) => page.url() === "about:blank");
    return blank ?? (await this.context.newPage());
  }
}

async function launch(profile: string, options: ChromiumOptions): Promise<BrowserContext> {
  if (options.keepsNothing) {
    await mkdir(join(profile, "Default"), { recursive: true });
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
    await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(settings));
  }
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium found: run scripts/install-test-deps");
  const args = ["--disable-gpu", "--disable-dev-shm-usage"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  if (options.extension) {
    args.push(`--disable-extensions-except=${options.extension}`, `--load-extension=${options.extension}`);
  }
  if (options.userAgent) args.push(`--user-agent=${options.userAgent}`);
  return chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args,
    ignoreDefaultArgs: options.extension ? ["--disable-extensions"] : [],
    colorScheme: options.colorScheme ?? "light",
    viewport: options.viewport ?? { width: 1100, height: 760 },
    locale: options.locale ?? "en-GB",
    serviceWorkers: options.serviceWorkers ?? "allow",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
}

/** A Playwright page as a Surface. */
export class ChromiumSurface implements Surface {
  constructor(readonly page: Page) {}

  async goto(url: string) {
    await this.page.goto(url);
  }
  async reload() {
    await this.page.reload();
  }
  async url() {
    return this.page.url();
  }
  title() {
    return this.page.title();
  }
  click(selector: string) {
    return this.page.click(selector);
  }
  fill(selector: string, text: string) {
    return this.page.fill(selector, text);
  }
  press(key: string) {
    return this.page.keyboard.press(key);
  }
  texts(selector: string) {
    return this.page.locator(selector).evaluateAll(readAll);
  }
  attributes(selector: string, name: string) {
    return this.page.locator(selector).evaluateAll(attributeOfAll, name);
  }
  visible(selector: string) {
    return this.page.locator(selector).first().isVisible();
  }
  run<T>(expression: string): Promise<T> {
    return this.page.evaluate(expression);
  }
  screenshot() {
    return this.page.screenshot();
  }
  close() {
    return this.page.close();
  }
}
