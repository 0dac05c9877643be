import { Notice } from "../lib/Notice";
import type { Data } from "../lib/state";
import { t } from "./texts";

/** How far deletions that take long have come. */
export function Deletions({ data }: { data: Data }) {
  return (
    <>
      {data.deletions.map(({ conversation, done, total }) => (
        <Notice icon="trash" role="status" testid="deletion" key={conversation}>
          <p>{t("forget.deleting", { done, total })}</p>
          <progress aria-label={t("forget.progress")} max={total} value={done} />
        </Notice>
      ))}
    </>
  );
}
