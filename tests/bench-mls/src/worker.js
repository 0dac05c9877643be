// Runs in one Worker, which posts {log} while it works and then {results} or
// {error}. All libraries take turns, operation by operation, so that whatever
// else the machine does hits them alike.
import { corecrypto } from "./corecrypto.js";
import { megolm } from "./megolm.js";
import { ours } from "./ours.js";
import { tsmls } from "./tsmls.js";

const libraries = [
  ours("Petmail, suite 1", 1, true),
  ours("Petmail, suite 1, no WebCrypto", 1, false),
  ours("Petmail, X-Wing", 0x0054, true),
  tsmls,
  corecrypto,
  megolm,
];
// Each follows another library, whose code and data have just filled the caches.
const turns = [0, 3, 1, 4, 2, 5];
const pairs = [
  ["encrypt", "decrypt"],
  ["commit", "process"],
  ["add", "join"],
];

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Medians in milliseconds by library and operation, for groups of a size. */
async function measure(members, { rounds, seconds }) {
  const groups = [];
  for (const library of libraries) {
    const start = performance.now();
    groups.push(await library.group(members));
    postMessage({ log: `${library.name}: group of ${members} in ${Math.round(performance.now() - start)} ms` });
  }
  const times = libraries.map(() => ({}));
  const state = groups.map((group) => group.state);
  for (const pair of pairs) {
    const end = performance.now() + seconds * 1000;
    for (let round = -3; round < rounds && (round < 3 || performance.now() < end); round++) {
      for (let turn = 0; turn < turns.length; turn++) {
        const i = turns[(turn + round + 3) % turns.length];
        if (libraries[i].operations?.includes(pair[0]) === false) continue;
        for (const operation of pair) {
          const took = await groups[i].run(operation);
          // The first rounds warm up the compilers.
          if (round >= 0) (times[i][operation] ??= []).push(took);
        }
      }
    }
  }
  return libraries.map(({ name }, i) => ({
    name,
    state: state[i],
    operations: Object.fromEntries(
      Object.entries(times[i]).map(([operation, all]) => [
        operation,
        { median: median(all), least: Math.min(...all), rounds: all.length },
      ]),
    ),
  }));
}

self.onmessage = async ({ data: { sizes, rounds, seconds } }) => {
  try {
    const results = [];
    for (const members of sizes) {
      results.push({ members, libraries: await measure(members, { rounds, seconds }) });
    }
    postMessage({ results });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
