import { expect, test } from "vitest";
import { type Ending, supervise } from "../../src/agent/supervisor";

/** Runs supervise over a script of endings, each after so many ms; then stops. */
async function play(
  script: (Ending & { after: number })[],
  options: { asked?: boolean } = {},
): Promise<string[]> {
  const log: string[] = [];
  let now = 0;
  let step = 0;
  const over = new Error("the script is over");
  await supervise({
    run: async (restarted) => {
      log.push(restarted ? `${now} run again` : `${now} run`);
      const next = script[step++];
      if (!next) throw over;
      now += next.after;
      return next;
    },
    announce: (state, reason) => log.push(`${now} ${state} ${reason}`),
    delay: async (ms) => {
      now += ms;
    },
    asked: async () => {
      log.push(`${now} waits to be asked`);
      if (!options.asked) throw over;
    },
    now: () => now,
  }).catch((error) => {
    if (error !== over) throw error;
  });
  return log;
}

const crash = (after: number) => ({ ready: true, reason: "crashing" as const, after });

test("a crash is followed by a new start at once, and said", async () => {
  expect(await play([crash(100_000)])).toEqual([
    "0 run",
    "100000 restarting crashing",
    "100000 run again",
  ]);
});

test("crashes far apart are never too many", async () => {
  const log = await play(Array.from({ length: 20 }, () => crash(61_000)));
  expect(log.filter((line) => line.includes("unavailable"))).toEqual([]);
  expect(log.at(-1)).toBe(`${20 * 61_000} run again`);
});

test("the fifth end within a minute gives up, after growing waits", async () => {
  const log = await play(Array.from({ length: 5 }, () => crash(10)));
  expect(log).toEqual([
    "0 run",
    "10 restarting crashing",
    "10 run again",
    "20 restarting crashing",
    "270 run again",
    "280 restarting crashing",
    "1280 run again",
    "1290 restarting crashing",
    "3790 run again",
    "3800 unavailable crashing",
    "3800 waits to be asked",
  ]);
});

test("who asks after that gets a new attempt, which is no restart", async () => {
  const log = await play(
    Array.from({ length: 5 }, () => ({ ready: false, reason: "storage" as const, after: 1_000 })),
    { asked: true },
  );
  expect(log.slice(-3)).toEqual([
    "8750 unavailable storage",
    "8750 waits to be asked",
    "23750 run",
  ]);
});

test("a crash loop that is always asked for rests ever longer, until one has run for a while", async () => {
  const loop = Array.from({ length: 25 }, () => crash(10));
  const rests = (log: string[]) =>
    log
      .map((line, i) =>
        line.endsWith("asked") ? parseInt(log[i + 1] ?? "", 10) - parseInt(line, 10) : 0,
      )
      .filter((ms) => ms > 0);
  expect(rests(await play(loop, { asked: true }))).toEqual([
    15_000, 30_000, 60_000, 120_000, 120_000,
  ]);
  const calm = await play([...loop.slice(0, 10), crash(600_000), ...loop.slice(0, 5)], {
    asked: true,
  });
  expect(rests(calm)).toEqual([15_000, 30_000, 15_000]);
});

test("an agent that never ran has not been restarted", async () => {
  const log = await play([
    { ready: false, reason: "load", after: 5 },
    { ready: true, reason: "crashing", after: 5 },
  ]);
  expect(log.filter((line) => line.includes("run"))).toEqual(["0 run", "5 run", "260 run again"]);
});

test.each(["locked", "erased"] as const)(
  "one that was %s is followed at once, however often",
  async (reason) => {
    const log = await play(Array.from({ length: 20 }, () => ({ ready: true, reason, after: 10 })));
    expect(log).toEqual(Array.from({ length: 21 }, (_, i) => `${i * 10} run`));
  },
);
