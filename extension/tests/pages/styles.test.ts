import { expect, test } from "vitest";

const documents = import.meta.glob<string>("../../src/pages/**/*.html", {
  query: "?raw",
  import: "default",
  eager: true,
});
const programs = import.meta.glob<string>("../../src/pages/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

const entries = Object.entries(documents).flatMap(([path, document]) =>
  [...document.matchAll(/<script [^>]*src="\.?\/?([^"]+)"/g)].map(
    ([, script]) => `${path.slice(0, path.lastIndexOf("/"))}/${script}`,
  ),
);

test("there are the pages of web app and extensions", () => expect(entries).toHaveLength(4));

test.each(entries)("%s begins with the styles that features lay theirs over", (entry) => {
  expect(/^import .*/m.exec(programs[entry] ?? "")?.[0]).toMatch(/^import "(\.\.\/)+styles";$/);
});
