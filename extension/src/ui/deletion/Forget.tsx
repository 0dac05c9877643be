import { useState } from "preact/hooks";
import { ConfirmDialog } from "../lib/Dialog";
import { Icon } from "../lib/Icon";
import type { About } from "../lib/slice";
import { t } from "./texts";

/** In the details: the ways to be rid of all messages, and of the contact. */
export function Forget({ client, conversation: { id }, name }: About) {
  const [forgetting, setForgetting] = useState(false);
  const [clearing, setClearing] = useState(false);
  return (
    <>
      <div class="column forget">
        <button
          type="button"
          class="button danger"
          data-testid="clear"
          onClick={() => setClearing(true)}
        >
          {t("forget.clear")}
        </button>
        <p class="note">{t("forget.clearNote")}</p>
        <button
          type="button"
          class="button danger"
          data-testid="forget"
          onClick={() => setForgetting(true)}
        >
          <Icon name="trash" />
          {t("forget.button", { name })}
        </button>
      </div>
      {forgetting && (
        <ConfirmDialog
          title={t("forget.title", { name })}
          confirm={t("forget.confirm")}
          danger
          onConfirm={async () => {
            await client.call("forget", { conversation: id });
          }}
          onClose={() => setForgetting(false)}
        >
          <p>{t("forget.lost", { name })}</p>
          <p>{t("forget.words", { name })}</p>
          <p class="note">{t("delete.promise")}</p>
        </ConfirmDialog>
      )}
      {clearing && (
        <ConfirmDialog
          title={t("forget.clearTitle", { name })}
          confirm={t("forget.clearConfirm")}
          danger
          onConfirm={async () => {
            await client.call("clear", { conversation: id });
          }}
          onClose={() => setClearing(false)}
        >
          <p>{t("forget.clearWords", { name })}</p>
          <p class="note">{t("delete.promise")}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
