import { useEffect, useRef, useState } from "preact/hooks";
import type { Invite } from "../../api";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { NAME_ROOM } from "../conversation/text";
import { errorText } from "../errors";
import type { State } from "../state";

/** Where the person notes whom an invitation is for, now or later. */
export function ForWhom({ state, invite }: { state: State; invite: Invite }) {
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(invite.note);
  const [saved, setSaved] = useState(false);
  const [error, setError] = useState("");

  // Another page may have changed it.
  useEffect(() => setName(invite.note), [invite.note]);

  const save = async () => {
    setSaved(false);
    setError("");
    try {
      // What stands in the field: the last letters may not have been drawn yet.
      await state.noteInvite(invite.id, field.current?.value ?? "");
      setSaved(true);
    } catch (reason) {
      setError(errorText(reason));
    }
  };
  return (
    <details class="fold">
      <summary data-testid="invite-for">{t("invite.forWhom")}</summary>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label class="visually-hidden" for="invite-note">
          {t("invite.forWhom")}
        </label>
        <div class="row">
          <input
            id="invite-note"
            ref={field}
            data-testid="invite-note"
            value={name}
            maxLength={NAME_ROOM}
            dir="auto"
            autocomplete="off"
            aria-describedby="invite-note-note"
            onInput={(event) => {
              setName(event.currentTarget.value);
              setSaved(false);
              setError("");
            }}
          />
          <button type="submit" class="button" data-testid="invite-note-save">
            {t("invite.forWhomSave")}
          </button>
        </div>
        <p class="note" id="invite-note-note">
          {t("invite.forWhomNote")}
        </p>
        <p class="note" role="status">
          {saved ? t("invite.forWhomSaved") : ""}
        </p>
        <ErrorNote text={error} />
      </form>
    </details>
  );
}
