import { test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";
import { appeared, sendNow, watchMessages } from "./inpage.ts";
import { median, milliseconds, report } from "./results.ts";

const ROUNDS = 7;

test("link click in a fresh profile to the first message visible at the inviter", async ({ cast }) => {
  const parts: Record<"page" | "wasm" | "handshake" | "delivery" | "whole", number[]> = {
    page: [],
    wasm: [],
    handshake: [],
    delivery: [],
    whole: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    const ana = await cast.web(`Ana ${round}`);
    const { link } = await ana.invite();
    const ben = await cast.visitor(`Ben ${round}`);

    const clicked = Date.now();
    await ben.page.goto(link, { waitUntil: "commit" });
    await ben.page.waitForSelector(id("open-here"));
    const page = Date.now();
    await ben.page.click(id("open-here"));
    await ben.page.waitForSelector(id("persona-name"));
    const wasm = Date.now();
    await ben.page.fill(id("persona-name"), ben.name);
    await ben.page.click(id("start"));
    await ana.page.waitForSelector(id("conversation"));
    await ben.page.waitForSelector(id("message-input"));
    const handshake = Date.now();
    await ana.open(ben.name);
    await watchMessages(ana.page);
    const sent = await sendNow(ben.page, "here I am");
    const seen = await appeared(ana.page, "here I am");

    parts.page.push(page - clicked);
    parts.wasm.push(wasm - page);
    parts.handshake.push(handshake - wasm);
    parts.delivery.push(seen - sent);
    parts.whole.push(handshake - clicked + (seen - sent));
    await ana.leave();
    await ben.leave();
  }
  const of = (name: keyof typeof parts) => milliseconds(median(parts[name]));
  report("1-first-message", [
    {
      what: `Link click in a fresh profile to the first message visible at the inviter, median of ${ROUNDS}`,
      figure: of("whole"),
      aim: "< 3 s",
    },
    { what: "of that, page: until **Open here now** can be clicked", figure: of("page") },
    { what: "wasm: until the agent asks for a name", figure: of("wasm") },
    { what: "handshake: name, mailbox, invitation, until both see each other", figure: of("handshake") },
    { what: "delivery: the first message", figure: of("delivery") },
  ]);
});
