import type { WebPerson } from "../lib/person.ts";
import { expect, test } from "../lib/scene.ts";
import { anotherTab } from "../lib/tabs.ts";

const field = (person: WebPerson) => person.page.getByTestId("message-input");

test("a draft that two tabs send in the same moment is sent once", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const second = await anotherTab(ana);
  await second.open("Ben");
  await field(ana).pressSequentially("only once");
  await expect(field(second)).toHaveValue("only once");
  await Promise.all([field(ana).press("Enter"), field(second).press("Enter")]);
  await ben.expectConversation(["only once"]);
  await ana.send("and on");
  await ben.expectConversation(["only once", "and on"]);
  await second.expectConversation(["only once", "and on"]);
  await expect(field(second)).toHaveValue("");
});

test("what is typed last is kept when the only tab closes", async ({ cast }) => {
  const [ana] = await cast.friends("Ana", "Ben");
  const closed = ana.page.waitForEvent("close");
  // Where the last letters are not stored yet, the browser asks.
  ana.page.on("dialog", (dialog) => void dialog.accept());
  await field(ana).pressSequentially("not finished yet");
  await ana.page.close({ runBeforeUnload: true });
  await closed;
  ana.useTab(await ana.browser.context.newPage());
  await ana.page.goto(ana.home);
  await ana.open("Ben");
  await expect(field(ana)).toHaveValue("not finished yet");
});

test("a megabyte in the field leaves it usable", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await field(ana).focus();
  await ana.page.keyboard.insertText("word ".repeat(200_000));
  await ana.page.keyboard.type("the end");
  await expect(ana.page.getByTestId("error")).toBeVisible();
  await ana.page.reload();
  await ana.open("Ben");
  await expect.poll(async () => (await field(ana).inputValue()).slice(-7)).toBe("the end");
  await field(ana).fill("short again");
  await field(ana).press("Enter");
  await ben.expectConversation(["short again"]);
});
