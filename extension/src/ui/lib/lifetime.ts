import { TimerDay, TimerEight, TimerFourWeek, TimerHour, TimerWeek } from "../../api";
import { t } from "./catalogue";

/** The lifetimes of messages to choose from, in seconds; 0: messages stay. */
export const lifetimes = [0, TimerHour, TimerEight, TimerDay, TimerWeek, TimerFourWeek] as const;

/** A lifetime in words: "1 day". */
export function lifetime(seconds: number): string {
  switch (seconds) {
    case 0:
      return t("timer.off");
    case TimerHour:
      return t("timer.hour");
    case TimerEight:
      return t("timer.eight");
    case TimerDay:
      return t("timer.day");
    case TimerWeek:
      return t("timer.week");
    default:
      return t("timer.fourWeeks");
  }
}
