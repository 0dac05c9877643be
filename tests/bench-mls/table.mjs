// The section of docs/benchmarks.md about MLS.

const operations = ["encrypt", "decrypt", "commit", "process", "add", "join"];

/** @param {number} ms */
function time(ms) {
  return ms < 1 ? `${Math.round(ms * 1000)} µs` : `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

/**
 * @param {{results: {members: number, libraries: object[]}[], browser: string}} measured
 * @param {string[]} versions
 */
export function section({ results, browser }, versions) {
  const names = results[0].libraries.map(({ name }) => name);
  const xwing = names[2];
  const peers = results[0].libraries.slice(3).map(({ name }) => name);
  const ratios = [
    ...peers.map((peer) => ({ title: `suite 1 / ${peer}`, us: names[0], peer })),
    { title: "X-Wing / core-crypto", us: xwing, peer: "core-crypto" },
  ];
  /** @param {"median" | "least"} figure */
  const table = (figure) => {
    const lines = [
      `| members | operation | ${names.join(" | ")} | ${ratios.map(({ title }) => title).join(" | ")} |`,
      `|---:|---|${"---:|".repeat(names.length + ratios.length)}`,
    ];
    for (const { members, libraries } of results) {
      for (const operation of operations) {
        const of = (name) => libraries.find((l) => l.name === name)?.operations[operation]?.[figure];
        const figures = names.map((name) => (of(name) === undefined ? "" : time(of(name))));
        const compared = ratios.map(({ us, peer }) =>
          of(peer) === undefined ? "" : (of(us) / of(peer)).toFixed(2),
        );
        lines.push(`| ${[members, operation, ...figures, ...compared].join(" | ")} |`);
      }
    }
    return lines;
  };
  const lines = [
    "## MLS in the browser, side by side",
    "",
    `One Worker in ${browser}, all libraries in turn. 1 KiB messages; groups whose creator added everybody at once, so that a commit encrypts to each member. Versions: ${versions.join(", ")}. A ratio below 1 means that Petmail takes less time.`,
    "",
    "Petmail's figures include the encoding of what changed in the state; core-crypto's, its transaction in its in-memory keystore; ts-mls's, nothing of the kind. Megolm has no group key agreement, and its cost does not depend on the size.",
    "",
    "Medians:",
    "",
    ...table("median"),
    "",
    "The fastest of each, which other work on the machine disturbs less:",
    "",
    ...table("least"),
    "",
  ];
  lines.push("State of a member, in bytes:", "", "| members | suite 1 | X-Wing |", "|---:|---:|---:|");
  for (const { members, libraries } of results) {
    lines.push(`| ${members} | ${libraries[0].state} | ${libraries[2].state} |`);
  }
  return `${lines.join("\n")}\n`;
}
