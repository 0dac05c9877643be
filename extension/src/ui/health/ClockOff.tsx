import { Notice } from "../lib/Notice";
import { t } from "./texts";

const HOUR = 3_600_000;

/** Tells that this device's clock is wrong, by how much, and what to do. */
export function ClockOff({ off }: { off: number }) {
  const hours = Math.round(Math.abs(off) / HOUR);
  const by =
    hours < 36
      ? t("health.clockHours", { count: Math.max(hours, 1) })
      : t("health.clockDays", { count: Math.round(hours / 24) });
  return (
    <Notice icon="clock" tone="warn" role="alert" testid="clock-off">
      <p>{t(off > 0 ? "health.clockAhead" : "health.clockBehind", { by })}</p>
      <p>{t("health.clockOff")}</p>
    </Notice>
  );
}
