// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import type { Invite } from "../../../src/api";
import { Status } from "../../../src/ui/invite/Status";
import { setLanguage } from "../../../src/ui/lib/catalogue";

const invite: Invite = {
  id: "1",
  mine: true,
  state: "waiting",
  code: "",
  link: "",
  note: "",
  created: 1,
  codeExpires: 2,
  linkExpires: 3,
  conversation: "",
  codeFailed: false,
};

function words(changes: Partial<Invite>): string {
  setLanguage("en");
  const root = document.createElement("div");
  render(<Status invite={{ ...invite, ...changes }} />, root);
  return root.textContent ?? "";
}

test("a half by which somebody came in vain is named, and what still stands", () => {
  expect(words({ unfit: "link" })).toMatch(/link no longer works.*code still does/);
  expect(words({ unfit: "code" })).toMatch(/code no longer works.*link still does/);
  expect(words({})).not.toContain("no longer");
});

test("who was in the handshake is not told that the link was used before", () => {
  expect(words({ mine: false, state: "used" })).toContain("used before");
  expect(words({ mine: false, state: "used", met: true })).not.toContain("used before");
  expect(words({ mine: false, state: "unsupported", met: true })).toContain("You were let in");
});
