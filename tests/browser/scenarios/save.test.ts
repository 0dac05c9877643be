import { readFile } from "node:fs/promises";
import { defects } from "../lib/axe.ts";
import { exchange, expect, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

test("a conversation is saved as text, after a question", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  await ben.send("two\nlines");
  await ana.expectConversation([...texts, "two\nlines"]);
  await ana.surface.click(id("details"));
  await ana.surface.click(id("conversation-save"));
  await ana.sees("confirm");
  for (const colorScheme of ["light", "dark"] as const) {
    await ana.page.emulateMedia({ colorScheme });
    expect(await defects(ana.page), colorScheme).toEqual([]);
  }
  await ana.page.screenshot({ path: test.info().outputPath("save.png") });
  const [download] = await Promise.all([ana.page.waitForEvent("download"), ana.surface.click(id("confirm"))]);
  expect(download.suggestedFilename()).toMatch(/^Petmail Ben \d{4}-\d\d-\d\d\.txt$/);
  const saved = await readFile(await download.path(), "utf8");
  const said = saved.split("\n\n", 2)[1]?.replace(/^\[[\d :-]+\] (You|Ben): /gm, "") ?? "";
  expect(said).toBe(`${[...texts, "two\n    lines"].join("\n")}\n`);
});
