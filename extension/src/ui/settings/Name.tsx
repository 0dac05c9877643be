import { useEffect, useRef, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { NAME_ROOM } from "../conversation/text";
import { errorText } from "../errors";

/** The name that people met from now on will see. */
export function Name({ client, name }: { client: AgentClient; name: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(name);
  const [saved, setSaved] = useState(false);
  const [error, setError] = useState("");

  // Another page may have changed it.
  useEffect(() => setText(name), [name]);

  const save = async () => {
    setSaved(false);
    setError("");
    try {
      // What stands in the field: the last letters may not have been drawn yet.
      await client.call("rename", { name: (field.current?.value ?? "").trim() });
      setSaved(true);
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label for="own-name">{t("settings.name")}</label>
      <div class="row">
        <input
          id="own-name"
          ref={field}
          data-testid="persona-rename"
          value={text}
          maxLength={NAME_ROOM}
          dir="auto"
          autocomplete="off"
          aria-describedby="own-name-note"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setSaved(false);
            setError("");
          }}
        />
        <button type="submit" class="button" data-testid="rename-save">
          {t("settings.save")}
        </button>
      </div>
      <p class="note" id="own-name-note">
        {t("settings.nameNote")}
      </p>
      <p class="note" role="status">
        {saved ? t("settings.saved") : ""}
      </p>
      <ErrorNote text={error} />
    </form>
  );
}
