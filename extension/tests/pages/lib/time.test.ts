import { expect, test } from "vitest";
import { brief, clock, day } from "../../../src/ui/lib/time";

const now = new Date(2026, 10, 22, 14, 2).getTime();
const on = (year: number, month: number, date: number, hour = 12) =>
  new Date(year, month - 1, date, hour).getTime();

test.each([
  [on(2026, 11, 22, 0), "Today", "Heute"],
  [on(2026, 11, 21, 23), "Yesterday", "Gestern"],
  [on(2026, 11, 17), "Tuesday", "Dienstag"],
  [on(2026, 6, 3), /^(3 June|June 3)$/, "3. Juni"],
  [on(2025, 6, 3), /2025$/, "3. Juni 2025"],
  [on(2027, 1, 2), /2027$/, "2. Januar 2027"],
])("the day of %s", (time, en, de) => {
  expect(day(time, now, "en")).toMatch(en);
  expect(day(time, now, "de")).toMatch(de);
});

test("the list has the time today, the weekday this week, then the date", () => {
  expect(brief(now, now, "de")).toBe("14:02");
  expect(brief(on(2026, 11, 17), now, "de")).toBe("Di");
  expect(brief(on(2026, 6, 3), now, "de")).toBe("3. Juni");
  expect(brief(on(2025, 6, 3), now, "de")).toBe("03.06.2025");
  expect(clock(now, "de")).toBe("14:02");
});
