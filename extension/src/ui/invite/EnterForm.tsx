import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { platform } from "../../platform";
import { findLink } from "../../platform/link";
import { CodeField } from "../lib/CodeField";
import { errorText } from "../lib/errors";
import { ErrorNote } from "../lib/Notice";
import { Place } from "../lib/slice";
import type { State } from "../lib/state";
import { home } from "../lib/view";
import { accept } from "./invites";
import { settled } from "./kept";
import { t } from "./texts";

interface Props {
  state: State;
  /** What the field begins with. */
  text: string;
  /** What is wrong with that, if it was tried. */
  error?: string;
  /** The text came from outside: it can be refused. */
  asked?: boolean;
}

/** What the text typed is found to be. */
function hint(found: ReturnType<typeof findLink>): string {
  if (found === "several") return t("enter.several");
  return found ? t("enter.linkFound", { relay: found.relay }) : t("enter.example");
}

/** Where a code or link is entered. */
export function EnterForm({ state, text: given, error: known, asked }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(given);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(known ?? "");

  const found = useMemo(() => findLink(text), [text]);

  useEffect(() => field.current?.focus(), []);

  const take = async () => {
    // What stands in the field: the last letters may not have been drawn yet.
    const text = field.current?.value ?? "";
    if (text.trim() === "") {
      setError(t("enter.empty"));
      return;
    }
    setBusy(true);
    setError("");
    try {
      await accept(state, text);
      settled(text);
      setText("");
    } catch (reason) {
      settled(text, reason);
      setError(errorText(reason));
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="enter"
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void take();
      }}
    >
      <CodeField
        client={state.client}
        label={t("enter.label")}
        testid="invite-enter"
        field={field}
        value={text}
        error={error !== "" ? "enter-error" : undefined}
        hint={hint(found)}
        onInput={(typed) => {
          setText(typed);
          setError("");
        }}
      />
      <ErrorNote id="enter-error" text={error} />
      <Place at="typed" given={{ text }} />
      <button
        type="submit"
        class="button primary wide"
        data-testid="invite-accept"
        aria-disabled={busy}
      >
        {busy ? t("enter.accepting") : t("enter.accept")}
      </button>
      {asked && (
        <button
          type="button"
          class="button quiet"
          data-testid="invite-dismiss"
          onClick={() => {
            platform.letInviteGo();
            state.show(home);
          }}
        >
          {t("enter.refuse")}
        </button>
      )}
      <Place at="entered" given={{ state, text }} />
    </form>
  );
}
