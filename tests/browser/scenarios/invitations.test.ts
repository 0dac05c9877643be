import { exchange, expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

/** The same code with another word at its end. */
function misheard(code: string): string {
  const [nameplate, first, second] = code.split("-");
  return `${nameplate}-${first}-${second === "revenge" ? "absurd" : "revenge"}`;
}

test("a wrong code is burnt, both are told, and other conversations go on", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const eve = await cast.web("Eve");
  await ana.surface.click(id("home")).catch(() => {});
  const { code } = await ana.invite();
  await eve.accept(misheard(code));
  await eve.expectInvitation("failed");
  await ana.expectInvitation("failed");

  await eve.accept(code);
  await eve.expectInvitation("used|unknown|failed");
  await eve.expectPeople([]);

  await ana.open("Ben");
  await exchange(ana, ben);
});

test("a link that was used is refused and says so; the two who used it are not disturbed", async ({
  cast,
}) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  const ben = await cast.visitor("Ben");
  await ben.follow(link);
  await ana.open("Ben");
  await ben.open("Ana");
  const texts = await exchange(ana, ben);
  const eve = await cast.web("Eve");
  await eve.accept(link);
  await eve.expectInvitation("used");
  await exchange(ben, ana, texts);
  await ana.expectPeople(["Ben"]);
});

test("whom an invitation is for can be said later; who comes has that name", async ({ cast }) => {
  const [ana, ben] = await Promise.all([cast.web("Ana"), cast.web("Ben")]);
  const { code, link } = await ana.invite();
  await ana.surface.click(id("invite-for"));
  await ana.surface.fill(id("invite-note"), "Ben from the choir");
  await ana.surface.click(id("invite-note-save"));
  await expect
    .poll(async () => (await ana.surface.texts("#invite-title"))[0])
    .toContain("Ben from the choir");
  await expect
    .poll(() => ana.surface.texts(id("invite-item")))
    .toEqual([expect.stringContaining("Ben from the choir")]);
  expect([await ana.read("invite-code"), await ana.read("invite-link")]).toEqual([code, link]);
  await ana.surface.reload();
  await expect
    .poll(() => ana.surface.texts(id("invite-item")))
    .toEqual([expect.stringContaining("Ben from the choir")]);
  await ben.accept(code);
  await ana.expectPeople(["Ben from the choir"]);
  await ben.expectPeople(["Ana"]);
});

test("an invitation that was taken back opens nothing", async ({ cast }) => {
  const [ana, ben] = await Promise.all([cast.web("Ana"), cast.web("Ben")]);
  const { code, link } = await ana.invite();
  await ana.dismissInvitation();
  await ben.accept(link);
  await ben.expectInvitation("used|unknown|expired");
  await ben.accept(code);
  await ben.expectInvitation("used|unknown|expired");
  await ana.expectPeople([]);
});

test("what is no code at all is refused before anything is burnt", async ({ cast }) => {
  const [ana, ben] = await Promise.all([cast.web("Ana"), cast.web("Ben")]);
  const { code } = await ana.invite();
  for (const text of [
    "hello",
    "1234",
    `${code}-x-y-z`,
    "https://example.org/i/#abc",
    code.replace(/\w+$/, "wrongword"),
  ]) {
    await ben.accept(text);
    await ben.sees("error");
    expect(await ben.read("error")).not.toBe("");
  }
  await ben.accept(code);
  await ana.open("Ben");
  await ben.open("Ana");
  await exchange(ana, ben);
});

test("what is pasted with a link or code around it is understood, and what is not clear burns nothing", async ({
  cast,
}) => {
  const [ana, ben, eve] = await Promise.all([cast.web("Ana"), cast.web("Ben"), cast.web("Eve")]);
  const one = await ana.invite();
  await ana.surface.click(id("home")).catch(() => {});
  const two = await ana.invite();
  for (const text of [`${one.link}\n${two.link}`, `${one.code} or ${two.code}`]) {
    await ben.accept(text);
    await ben.sees("error");
  }
  await ben.accept(`Lass uns privat schreiben. Öffne diesen Link:\n(${one.link}?fbclid=x).\nBis gleich, Ana`);
  await meet(ana, ben);
  await eve.accept(`Mein Code: „#${two.code.toUpperCase()}“,\nbis gleich.`);
  await meet(ana, eve);
  await ben.accept(one.link);
  await ben.sees("message-input");
  await ben.expectPeople(["Ana"]);
});
