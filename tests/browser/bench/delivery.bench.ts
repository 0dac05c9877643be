import { test } from "../lib/scene.ts";
import { appeared, sendNow, watchMessages } from "./inpage.ts";
import { median, milliseconds, quantile, report } from "./results.ts";

const MESSAGES = 300;
const WARM_UP = 20;

test("send to visible at the other browser", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await watchMessages(ben.page);
  const samples: number[] = [];
  for (let i = 0; i < WARM_UP + MESSAGES; i++) {
    const text = `message ${i}`;
    const sent = await sendNow(ana.page, text);
    const seen = await appeared(ben.page, text);
    if (i >= WARM_UP) samples.push(seen - sent);
  }
  report("2-delivery", [
    {
      what: `Send to visible at the other browser, warm, median of ${MESSAGES}`,
      figure: milliseconds(median(samples)),
      aim: "< 60 ms",
    },
    { what: "the same, 99th percentile", figure: milliseconds(quantile(samples, 0.99)) },
  ]);
});
