import { useRef, useState } from "preact/hooks";
import { errorText } from "../lib/errors";
import { Field } from "../lib/Field";
import { ErrorNote } from "../lib/Notice";
import type { State } from "../lib/state";
import { t } from "./texts";

/** Deletes this Petmail, after a word is typed. What follows is the first run. */
export function EraseForm({ state }: { state: State }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const word = t("lock.eraseWord");
  const ready = typed.trim() === word && !busy;

  const erase = async () => {
    if (busy || field.current?.value.trim() !== word) return;
    setBusy(true);
    setError("");
    try {
      await state.client.call("erase", {});
    } catch (reason) {
      setError(errorText(reason));
      setBusy(false);
    }
  };

  return (
    <form
      class="column"
      onSubmit={(event) => {
        event.preventDefault();
        void erase();
      }}
    >
      <Field label={t("lock.eraseLabel", { word })}>
        {(named) => (
          <input
            {...named}
            ref={field}
            data-testid="erase-word"
            value={typed}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <ErrorNote text={error} />
      <button
        type="submit"
        class="button primary danger"
        data-testid="erase-anew"
        disabled={!ready}
      >
        {t(busy ? "lock.erasing" : "lock.erase")}
      </button>
    </form>
  );
}
