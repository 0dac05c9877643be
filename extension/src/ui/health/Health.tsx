import { Notice } from "../lib/Notice";
import type { Data } from "../lib/state";
import { ClockOff } from "./ClockOff";
import { t } from "./texts";

/** Work that does not succeed, and a clock that is wrong. */
export function Health({ data }: { data: Data }) {
  return (
    <>
      {data.trouble && (
        <Notice icon="warning" tone="warn" role="alert" testid="error">
          {t("health.trouble")}
        </Notice>
      )}
      {data.clock && data.clock.off !== 0 && <ClockOff off={data.clock.off} />}
    </>
  );
}
