import { expect, test } from "vitest";
import type { Message } from "../../../src/api";
import { rows } from "../../../src/ui/conversation/rows";
import { empty, withNewest } from "../../../src/ui/conversation/window";
import { message } from "./made";

const at = (day: number, hour: number, minute = 0) =>
  new Date(2026, 5, day, hour, minute).getTime();

function lines(list: Message[], marker = ""): string[] {
  return rows(withNewest(empty, list, false), marker).map((row) =>
    row.kind === "message" ? `${row.message.text}${row.first ? "" : " (goes on)"}` : row.kind,
  );
}

test("each day begins with a line", () => {
  expect(
    lines([
      message(0, { time: at(1, 23, 59) }),
      message(2, { time: at(2, 0, 1) }),
      message(4, { time: at(2, 0, 2) }),
    ]),
  ).toEqual(["day", "message 0", "day", "message 2", "message 4 (goes on)"]);
});

test("messages of one side within five minutes belong together", () => {
  expect(
    lines([
      message(0, { time: at(1, 9, 0) }),
      message(2, { time: at(1, 9, 4) }),
      message(3, { time: at(1, 9, 4) }),
      message(4, { time: at(1, 9, 5) }),
      message(6, { time: at(1, 9, 11) }),
    ]),
  ).toEqual(["day", "message 0", "message 2 (goes on)", "message 3", "message 4", "message 6"]);
});

test("what is new has a line above it", () => {
  const list = [message(0, { time: at(1, 9) }), message(2, { time: at(1, 9) })];
  expect(lines(list, list[1]?.cursor)).toEqual(["day", "message 0", "new", "message 2"]);
});

test("clocks that differ do not make two lines of one key", () => {
  const list = [at(1, 23), at(2, 1), at(1, 23), at(2, 2)].map((time, i) =>
    message(i * 2, { time }),
  );
  const keys = rows(withNewest(empty, list, false), "").map((row) => row.key);
  expect(new Set(keys).size).toBe(keys.length);
});
