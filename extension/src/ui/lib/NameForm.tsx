import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { errorText } from "./errors";
import { Field } from "./Field";
import { ErrorNote } from "./Notice";
import { NAME_ROOM } from "./text";

interface Props {
  label: string;
  heard?: boolean;
  note: string;
  /** The name as the agent last told it. */
  name: string;
  /** Of the field; its button has this and "-save". */
  testid: string;
  button: string;
  /** What is said once it is saved. */
  saved: string;
  /** Resolves with what the field then shows, if that is something else; rejects with an AgentError. */
  onSave: (name: string) => Promise<string | undefined>;
  /** What else can be done with it. */
  more?: (save: (name: string) => void) => ComponentChildren;
}

/** A field for a name, with a button that saves it. */
export function NameForm(props: Props) {
  const { label, heard = false, note, name, testid, button, saved, onSave, more } = props;
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(name);
  const [done, setDone] = useState(false);
  const [error, setError] = useState("");

  // Another page may have changed it.
  useEffect(() => setText(name), [name]);

  const save = async (next: string) => {
    setDone(false);
    setError("");
    try {
      const shown = await onSave(next);
      if (shown !== undefined) setText(shown);
      setDone(true);
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  return (
    <form
      class="name-form"
      onSubmit={(event) => {
        event.preventDefault();
        // What stands in the field: the last letters may not have been drawn yet.
        void save((field.current?.value ?? "").trim());
      }}
    >
      <Field label={label} heard={heard} note={note}>
        {(named) => (
          <div class="row">
            <input
              {...named}
              ref={field}
              data-testid={testid}
              value={text}
              maxLength={NAME_ROOM}
              dir="auto"
              autocomplete="off"
              onInput={(event) => {
                setText(event.currentTarget.value);
                setDone(false);
                setError("");
              }}
            />
            <button type="submit" class="button" data-testid={`${testid}-save`}>
              {button}
            </button>
          </div>
        )}
      </Field>
      {more?.((next) => {
        void save(next);
      })}
      <p class="note" role="status">
        {done ? saved : ""}
      </p>
      <ErrorNote text={error} />
    </form>
  );
}
