import type { Message } from "../../api";
import { language } from "../lib/catalogue";
import { lifetime } from "../lib/lifetime";
import { full } from "../lib/time";
import { t } from "./texts";

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
