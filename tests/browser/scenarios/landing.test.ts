import { FirefoxWebPerson } from "../lib/person.ts";
import { exchange, expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

test("the secret of a link is gone from address and history at once and never sent", async ({
  wire,
  cast,
}) => {
  const ana = await cast.web("Ana", { wire });
  const { link } = await ana.invite();
  const secret = link.split("#")[1] ?? "";
  expect(secret.length).toBeGreaterThan(20);

  const ben = await cast.visitor("Ben", { wire });
  const requests: string[] = [];
  ben.browser.context.on("request", (request) => {
    requests.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`);
  });
  await ben.surface.goto(link);
  await ben.sees("open-here");
  expect(await ben.surface.url()).toBe(`${wire.url}/i/`);
  const cdp = await ben.browser.context.newCDPSession(ben.page);
  // The browser also keeps what was typed to come here, which no page can change.
  const history = async () =>
    (await cdp.send("Page.getNavigationHistory")).entries
      .map(({ url, title }) => `${url} ${title}`)
      .join("\n");
  expect(await history()).not.toContain(secret);

  await ben.surface.click(id("open-here"));
  await ben.introduce();
  await meet(ana, ben);
  await exchange(ana, ben);
  expect(await history()).not.toContain(secret);
  expect(requests.length).toBeGreaterThan(3);
  expect(requests.join("\n")).not.toContain(secret);
  expect(wire.sent()).not.toContain(secret);
  expect(wire.requests()).toContain("GET /i/ HTTP/1.1");
});

test("a link whose secret is missing or broken is explained", async ({ relay, cast }) => {
  const ben = await cast.visitor("Ben");
  await ben.surface.goto(`${relay.url}/i/`);
  await expect(ben.page.getByRole("heading").first()).toBeVisible();
  expect(await ben.surface.visible(id("open-here"))).toBe(false);
  await ben.surface.goto("about:blank");
  await ben.surface.goto(`${relay.url}/i/#nonsense`);
  await ben.sees("error");
  expect(await ben.surface.url()).toBe(`${relay.url}/i/`);
});

test("a link that was clicked where Petmail lives already joins the same Petmail", async ({ cast }) => {
  const [ana, ben] = await Promise.all([cast.web("Ana"), cast.web("Ben")]);
  const { link } = await ana.invite();
  await ben.surface.goto(link);
  await ben.surface.click(id("open-here"));
  await meet(ana, ben);
  await exchange(ana, ben);
});

test("an invitation survives reloads, at the landing page and at the name field", async ({ cast }) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  const ben = await cast.visitor("Ben");
  await ben.surface.goto(link);
  await ben.sees("open-here");
  await ben.surface.reload();
  await ben.surface.click(id("open-here"));
  await ben.sees("persona-name");
  await ben.surface.reload();
  await ben.introduce();
  await meet(ana, ben);
  await exchange(ana, ben);
  expect(await ben.page.evaluate(() => sessionStorage.length)).toBe(0);

  await test.step("the link leads its user to the conversation, again and again", async () => {
    await ben.surface.goto(link);
    await ben.surface.click(id("open-here"));
    await ben.sees("message-input");
    await ben.surface.goto("about:blank");
    await ben.surface.goto(`${ben.home}#${encodeURIComponent(link)}`);
    await ben.sees("message-input");
    await ben.expectPeople(["Ana"]);
    expect(await ben.page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});

test("a link in which a program wrote %23 for # is cleared, explained and used", async ({ relay, cast }) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  const secret = link.split("#")[1] ?? "";
  const ben = await cast.visitor("Ben");
  await ben.surface.goto(link.replace("#", "%23"));
  await ben.sees("landing-seen");
  expect(await ben.surface.url()).toBe(`${relay.url}/i/`);
  await ben.surface.click(id("open-here"));
  await ben.introduce();
  await meet(ana, ben);
  await exchange(ana, ben);
  expect(relay.logs()).not.toContain(secret);

  await ben.surface.goto(`${relay.url}/i/?${secret}`);
  await ben.surface.click(id("open-here"));
  await ben.sees("message-input");
  expect(await ben.surface.url()).toBe(`${relay.url}/`);
});

test("in Firefox, too, a reload costs no invitation", async ({ relay, cast }) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  const ben = await FirefoxWebPerson.arrive("Ben", relay);
  try {
    await ben.surface.goto(link);
    await ben.sees("open-here");
    await ben.surface.reload();
    await ben.surface.click(id("open-here"));
    await ben.sees("persona-name");
    await ben.surface.reload();
    await ben.introduce();
    await meet(ana, ben);
  } finally {
    await ben.leave();
  }
});
