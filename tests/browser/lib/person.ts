import { expect, type Page } from "@playwright/test";
import { Chromium, type ChromiumOptions, ChromiumSurface } from "./chromium.ts";
import { Firefox, type FirefoxOptions, FirefoxSurface } from "./firefox.ts";
import { built } from "./paths.ts";
import { id, type Surface } from "./surface.ts";

/** What an invitation shows to the inviter. */
export interface Invitation {
  code: string;
  link: string;
}

/** What a person would call the states of a message of their own. */
export type Sent = "sending" | "sent" | "delivered" | "undelivered";

/** How long a handshake or a delivery may take on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

/**
 * A person at a browser: the steps they take, in the words of the pages. Each
 * step waits until the page shows that it was taken.
 */
export class Person {
  constructor(
    readonly name: string,
    /** The page they look at. */
    public surface: Surface,
    /** The address of their Petmail. */
    readonly home: string,
  ) {}

  /** Opens Petmail and goes through the first run. */
  async start(relay?: { url: string }): Promise<void> {
    await this.surface.goto(this.home);
    await this.introduce(relay);
    await this.sees("invite-new");
  }

  /** The first run: a name and, where it is asked, the relay. */
  async introduce(relay?: { url: string }): Promise<void> {
    await this.sees("persona-name");
    await this.surface.fill(id("persona-name"), this.name);
    if (relay && (await this.surface.visible(id("relay-url")))) {
      await this.surface.fill(id("relay-url"), relay.url);
    }
    await this.surface.click(id("start"));
  }

  /** Makes an invitation and reads what it shows. */
  async invite(): Promise<Invitation> {
    await this.surface.click(id("invite-new"));
    await expect.poll(() => this.read("invite-code"), { timeout: PATIENCE }).toMatch(/^\d{4}-\w+-\w+$/);
    await expect.poll(() => this.read("invite-link")).toContain("/i/#");
    return { code: await this.read("invite-code"), link: await this.read("invite-link") };
  }

  /** Takes the invitation back that is open. */
  async dismissInvitation(): Promise<void> {
    await this.surface.click(id("invite-cancel"));
    await this.surface.click(id("confirm"));
    await this.sees("invite-new");
  }

  /** Types or pastes a code or a link into a Petmail that runs already. */
  async accept(text: string): Promise<void> {
    if (!(await this.surface.visible(id("invite-enter")))) await this.surface.click(id("invite-have"));
    await this.surface.fill(id("invite-enter"), text);
    await this.surface.click(id("invite-accept"));
  }

  /** Clicks an invite link in a browser that has nothing of Petmail yet. */
  async follow(link: string): Promise<void> {
    await this.surface.goto(link);
    await this.surface.click(id("open-here"));
    await this.introduce();
  }

  /** Opens the conversation with somebody; on a small screen the list is one step back. */
  async open(name: string): Promise<void> {
    if (await this.surface.visible(id("back"))) await this.surface.click(id("back"));
    await this.surface.click(id("conversation", `[data-name="${name}"]`));
    await this.sees("message-input");
  }

  async send(text: string): Promise<void> {
    await this.surface.fill(id("message-input"), text);
    await this.surface.click(id("send"));
    await expect.poll(() => this.surface.texts(id("message-text")), { timeout: PATIENCE }).toContain(text);
  }

  /** Waits until the agent has stored a message that was sent; before that it has no id. */
  async stored(text: string): Promise<void> {
    await expect
      .poll(
        async () => {
          const texts = await this.surface.texts(id("message-text"));
          return (await this.surface.attributes(id("message"), "data-id"))[texts.indexOf(text)];
        },
        { timeout: PATIENCE, message: `${this.name}'s Petmail has stored the message` },
      )
      .toBeTruthy();
  }

  /** Opens the menu of a message of the open conversation and chooses from it. */
  async choose(text: string, item: string): Promise<void> {
    const texts = await this.surface.texts(id("message-text"));
    const ids = await this.surface.attributes(id("message"), "data-id");
    const message = ids[texts.lastIndexOf(text)];
    await this.surface.click(`[data-id="${message}"] ${id("message-menu")}`);
    await this.surface.click(id(item));
  }

  /** Deletes a message of the open conversation here, and sees it go. */
  async remove(text: string): Promise<void> {
    await this.choose(text, "message-delete");
    await this.surface.click(id("confirm"));
    await this.expectNo(text);
  }

  /** Deletes a message of their own for everyone, and sees it go. */
  async removeForAll(text: string): Promise<void> {
    await this.choose(text, "message-delete-everyone");
    await this.surface.click(id("confirm"));
    await this.expectNo(text);
  }

  /** Sets how long messages of the open conversation stay, in seconds; 0: for good. */
  async setTimer(seconds: number): Promise<void> {
    await this.surface.click(id("timer"));
    await this.surface.click(id(`timer-${seconds}`));
    await this.surface.click(id("confirm"));
    await this.expectTimer(seconds);
  }

  /** Deletes the open conversation with all that was said, and the person with it. */
  async forget(): Promise<void> {
    await this.surface.click(id("details"));
    await this.surface.click(id("forget"));
    await this.surface.click(id("confirm"));
  }

  /** Deletes the whole Petmail, and sees the first run. */
  async erase(): Promise<void> {
    await this.surface.click(id("settings"));
    await this.surface.click(id("erase"));
    await this.sees("erase-word");
    await this.surface.fill(id("erase-word"), "delete");
    await this.surface.click(id("confirm"));
    await this.sees("persona-name");
  }

  /** Waits until the open conversation does not show a message. */
  async expectNo(text: string): Promise<void> {
    await expect
      .poll(() => this.surface.texts(id("message-text")), {
        timeout: PATIENCE,
        message: `${this.name} sees a message go`,
      })
      .not.toContain(text);
  }

  /** Waits until the open conversation has a timer, in seconds; 0: none. */
  async expectTimer(seconds: number): Promise<void> {
    await expect
      .poll(async () => (await this.surface.attributes(id("timer"), "data-seconds"))[0], {
        timeout: PATIENCE,
        message: `the timer that ${this.name} sees`,
      })
      .toBe(String(seconds));
  }

  /** Waits until the open conversation shows exactly these messages, in this order. */
  async expectConversation(texts: string[]): Promise<void> {
    await expect
      .poll(() => this.surface.texts(id("message-text")), {
        timeout: PATIENCE,
        message: `the conversation that ${this.name} sees`,
      })
      .toEqual(texts);
  }

  /** The same for messages that crossed: in any order, but each exactly once. */
  async expectMessages(texts: string[]): Promise<void> {
    await expect
      .poll(async () => (await this.surface.texts(id("message-text"))).sort(), {
        timeout: PATIENCE,
        message: `the messages that ${this.name} sees`,
      })
      .toEqual([...texts].sort());
  }

  /** Waits until a message of the open conversation is in the state. */
  async expectState(text: string, state: Sent | "received" | "sent|delivered"): Promise<void> {
    await expect
      .poll(
        async () => {
          const texts = await this.surface.texts(id("message-text"));
          const states = await this.surface.attributes(id("message"), "data-state");
          return states[texts.lastIndexOf(text)];
        },
        { timeout: PATIENCE, message: `the state of “${text}” at ${this.name}` },
      )
      .toMatch(new RegExp(`^(${state})$`));
  }

  /** Waits until the list shows these people and no others, in any order. */
  async expectPeople(names: string[]): Promise<void> {
    await expect
      .poll(async () => (await this.surface.attributes(id("conversation"), "data-name")).sort(), {
        timeout: PATIENCE,
        message: `whom ${this.name} sees`,
      })
      .toEqual([...names].sort());
  }

  /** Waits until the invitation that is open tells one of the states, given as a pattern. */
  async expectInvitation(states: string): Promise<void> {
    await expect
      .poll(async () => (await this.surface.attributes(id("invite-status"), "data-state"))[0] ?? "", {
        timeout: PATIENCE,
        message: `the invitation that ${this.name} sees`,
      })
      .toMatch(new RegExp(`^(${states})$`));
  }

  /** Waits until the connection is in the state. */
  async expectConnection(state: "connected" | "connecting" | "offline" | "down"): Promise<void> {
    await expect
      .poll(async () => (await this.surface.attributes(id("relay-state"), "data-state"))[0], {
        timeout: PATIENCE,
        message: `the connection of ${this.name}`,
      })
      .toMatch(state === "down" ? /^(connecting|offline)$/ : state);
  }

  /** Waits until an element of the name is to be seen. */
  async sees(name: string): Promise<void> {
    await expect
      .poll(() => this.surface.visible(id(name)), {
        timeout: PATIENCE,
        message: `${this.name} sees ${name}`,
      })
      .toBe(true);
  }

  /** What stands at an element now, or "". */
  async read(name: string): Promise<string> {
    return (await this.surface.texts(id(name)))[0] ?? "";
  }
}

/** A person with the web app in a Chromium of their own. */
export class WebPerson extends Person {
  private constructor(
    name: string,
    public browser: Chromium,
    public page: Page,
    origin: string,
  ) {
    super(name, new ChromiumSurface(page), `${origin}/`);
  }

  /** `at` is where the web app is: a relay, or a wire to one. */
  static async arrive(name: string, at: { url: string }, options: ChromiumOptions = {}): Promise<WebPerson> {
    const browser = await Chromium.start(options);
    return new WebPerson(name, browser, await browser.tab(), at.url);
  }

  /** Closes the browser and opens it again at Petmail. */
  async restartBrowser(): Promise<void> {
    await this.shutBrowser();
    await this.openBrowser();
  }

  async shutBrowser(): Promise<void> {
    await this.browser.shut();
  }

  async openBrowser(): Promise<void> {
    await this.browser.open();
    this.useTab(await this.browser.tab());
    await this.surface.goto(this.home);
  }

  /** Looks at another tab from now on. */
  useTab(page: Page): void {
    this.page = page;
    this.surface = new ChromiumSurface(page);
  }

  async leave(): Promise<void> {
    await this.browser.close();
  }
}

/** A person with the web app in a Firefox of their own. */
export class FirefoxWebPerson extends Person {
  private constructor(
    name: string,
    public browser: Firefox,
    surface: Surface,
    origin: string,
  ) {
    super(name, surface, `${origin}/`);
  }

  static async arrive(
    name: string,
    at: { url: string },
    options: FirefoxOptions = {},
  ): Promise<FirefoxWebPerson> {
    const browser = await Firefox.start(options);
    return new FirefoxWebPerson(name, browser, new FirefoxSurface(await browser.tab()), at.url);
  }

  /** Opens the browser again after it was shut or killed. */
  async openBrowser(): Promise<void> {
    await this.browser.open();
    this.surface = new FirefoxSurface(await this.browser.tab());
    await this.surface.goto(this.home);
  }

  async leave(): Promise<void> {
    await this.browser.close();
  }
}

/** A person with the extension in a Chromium of their own. */
export class ChromiumExtensionPerson extends Person {
  private constructor(
    name: string,
    public browser: Chromium,
    public page: Page,
    readonly extensionId: string,
  ) {
    super(name, new ChromiumSurface(page), `chrome-extension://${extensionId}/app.html`);
  }

  static async arrive(name: string, options: ChromiumOptions = {}): Promise<ChromiumExtensionPerson> {
    const browser = await Chromium.start({ extension: built.chromiumExtension, ...options });
    const worker =
      browser.context.serviceWorkers().find((worker) => worker.url().startsWith("chrome-extension:")) ??
      (await browser.context.waitForEvent("serviceworker"));
    return new ChromiumExtensionPerson(name, browser, await browser.tab(), new URL(worker.url()).host);
  }

  async restartBrowser(): Promise<void> {
    await this.browser.shut();
    await this.openBrowser();
  }

  /** Opens the browser again after it was shut or killed. */
  async openBrowser(): Promise<void> {
    await this.browser.open();
    this.page = await this.browser.tab();
    this.surface = new ChromiumSurface(this.page);
    await this.surface.goto(this.home);
  }

  async leave(): Promise<void> {
    await this.browser.close();
  }
}

/** A person with the extension in a Firefox of their own. */
export class FirefoxExtensionPerson extends Person {
  private constructor(
    name: string,
    public browser: Firefox,
    surface: Surface,
  ) {
    super(name, surface, browser.extensionPage("app.html"));
  }

  static async arrive(name: string, options: FirefoxOptions = {}): Promise<FirefoxExtensionPerson> {
    const browser = await Firefox.start({ extension: built.firefoxExtension, ...options });
    return new FirefoxExtensionPerson(name, browser, new FirefoxSurface(await browser.tab()));
  }

  async restartBrowser(): Promise<void> {
    await this.browser.shut();
    await this.openBrowser();
  }

  /** Opens the browser again after it was shut or killed. */
  async openBrowser(): Promise<void> {
    await this.browser.open();
    this.surface = new FirefoxSurface(await this.browser.tab());
    await this.surface.goto(this.home);
  }

  override async start(relay?: { url: string }): Promise<void> {
    await this.surface.goto(this.home);
    await this.introduce(relay);
    await this.sees("invite-new");
  }

  async leave(): Promise<void> {
    await this.browser.close();
  }
}
