import { useId, useState } from "preact/hooks";
import { ConfirmDialog } from "../lib/Dialog";
import { Field } from "../lib/Field";
import type { State } from "../lib/state";
import { t } from "./texts";

/** How long everything may take to go before the dialog does, in ms. */
const patience = 20_000;

/** The way to be rid of everything. */
export function Erase({ state }: { state: State }) {
  const [asking, setAsking] = useState(false);
  const title = useId();
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{t("erase.title")}</h3>
      <p class="note">{t("erase.note")}</p>
      <button
        type="button"
        class="button danger"
        data-testid="erase"
        onClick={() => setAsking(true)}
      >
        {t("erase.button")}
      </button>
      {asking && <EraseDialog state={state} onClose={() => setAsking(false)} />}
    </section>
  );
}

/** Names what is lost, and takes a typed word for a yes. */
function EraseDialog({ state, onClose }: { state: State; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [working, setWorking] = useState(false);
  const word = t("erase.word");
  const erase = async () => {
    setWorking(true);
    try {
      await state.client.call("erase", {});
    } catch (reason) {
      setWorking(false);
      throw reason;
    }
    // The page begins anew with the agent. If none comes, the page says so.
    await new Promise((resolve) => setTimeout(resolve, patience));
  };
  return (
    <ConfirmDialog
      title={t("erase.dialogTitle")}
      confirm={t(working ? "erase.working" : "erase.confirm")}
      danger
      ready={typed.trim().toLocaleLowerCase() === word}
      onConfirm={erase}
      onClose={onClose}
    >
      <p>{t("erase.lost")}</p>
      <ul>
        <li>{t("erase.lostPeople", { count: state.conversations.value.length })}</li>
        <li>{t("erase.lostRest")}</li>
        <li>{t("erase.lostRelay")}</li>
      </ul>
      <p class="note">{t("delete.promise")}</p>
      <Field label={t("erase.type", { word })}>
        {(named) => (
          <input
            {...named}
            value={typed}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            data-testid="erase-word"
            disabled={working}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  );
}
