import type { Conversation, Message } from "../../api";
import { TimerDay, TimerEight, TimerFourWeek, TimerHour, TimerWeek } from "../../api";
import { language, t } from "../catalogue";
import { full } from "../conversation/time";

/** The lifetimes to choose from, in seconds; 0: messages stay. */
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

/** When a message disappears, in words. */
export function disappears({ mine, timer, expires }: Message): string {
  if (expires > 0) return t("timer.at", { time: full(expires, language.value) });
  return t(mine ? "timer.afterSending" : "timer.afterReading", { time: lifetime(timer) });
}

/** Who set the timer to what, in words. */
export function setBy({ mine, timer }: Message, name: string): string {
  const time = lifetime(timer);
  if (timer === 0) return mine ? t("timer.youOff") : t("timer.theyOff", { name });
  return mine ? t("timer.youSet", { time }) : t("timer.theySet", { name, time });
}

/** The name of the button that sets it. */
export function timerLabel({ timer }: Conversation): string {
  return t("timer.button", { time: lifetime(timer) });
}
