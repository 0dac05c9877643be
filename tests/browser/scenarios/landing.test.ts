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
