import { defects } from "../lib/axe.ts";
import { expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

test("words that differed stay a warning until they were compared again", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await ana.surface.click(id("details"));
  await ana.surface.click(id("verify"));
  await ana.surface.click(id("verify-same"));
  await ana.sees("verified-badge");
  await ana.surface.click(id("verify"));
  await ana.surface.click(id("verify-different"));
  await ana.sees("differs");
  await expect(ana.page.locator(id("verified-badge"))).toHaveCount(0);

  await ana.surface.reload();
  await ana.open(ben.name);
  await ana.sees("differs");
  await expect(ana.page.locator(id("differs"))).toHaveRole("alert");
  await expect(ana.page.locator(`${id("conversation")} .item-alarm`)).toBeVisible();
  await ana.surface.click(id("details"));
  await ana.sees("compare-again");
  expect(await defects(ana.page), "with the warning").toEqual([]);
  await ana.surface.click(id("compare-again"));
  await ana.surface.click(id("verify-same"));
  await ana.sees("verified-badge");
  await expect(ana.page.locator(id("differs"))).toHaveCount(0);
});

test("a newcomer whose name looks like another's is marked, and told apart by a petname", async ({
  cast,
}) => {
  const [ana] = await cast.friends("Ana", "Ben");
  const other = await cast.web("\u0412\u0435n"); // Cyrillic Ve and Ie
  const { link } = await ana.invite();
  await other.accept(link);
  await meet(ana, other);
  const marks = ana.page.locator(`${id("conversation")} ${id("looks-like")}`);
  await expect(marks).toHaveCount(2);
  await ana.open(other.name);
  await ana.surface.click(id("details"));
  expect(await defects(ana.page), "with a mark").toEqual([]);

  const petname = ana.page.locator(id("petname"));
  await petname.fill("\u3164\u200b");
  await ana.surface.click(id("petname-save"));
  await ana.sees("error");
  await petname.fill("\u2068The other Ben\u2069"); // as it is copied from a page
  await ana.surface.click(id("petname-save"));
  await ana.expectPeople(["Ben", "The other Ben"]);
  await expect(marks).toHaveCount(0);
});
