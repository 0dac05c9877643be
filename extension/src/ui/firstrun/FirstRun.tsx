import { useEffect, useRef, useState } from "preact/hooks";
import { platform } from "../../platform";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { NAME_ROOM } from "../conversation/text";
import { errorText } from "../errors";
import { GiveBack } from "../invite/GiveBack";
import type { State } from "../state";
import "./firstrun.css";

interface Props {
  state: State;
  /** Whether an invitation brought the person here. */
  invited: boolean;
  /** The person has said yes to all of it. */
  onStart: () => void;
}

/** Asks for a name and, where the build does not know it, for the relay. */
export function FirstRun({ state, invited, onStart }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [relay, setRelay] = useState(() => platform.defaultRelay());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  useEffect(() => field.current?.focus(), []);

  const start = async () => {
    // What stands in the field: the last letters may not have been drawn yet.
    const name = field.current?.value ?? "";
    if (name.trim() === "") {
      setError(t("firstrun.empty"));
      field.current?.focus();
      return;
    }
    setBusy(true);
    setError("");
    try {
      const address = withScheme(relay.trim());
      // The browser asks only within the click; all works without, too.
      if (URL.canParse(address)) await platform.requestRelayPermission(address);
      onStart();
      await state.start(name.trim(), address);
    } catch (reason) {
      setError(errorText(reason));
      setBusy(false);
    }
  };

  const relayField = (
    <div class="field">
      <label for="relay-url">{t("firstrun.relay")}</label>
      <input
        id="relay-url"
        data-testid="relay-url"
        type="url"
        inputMode="url"
        dir="ltr"
        value={relay}
        autocomplete="off"
        spellcheck={false}
        aria-describedby="relay-note"
        onInput={(event) => setRelay(event.currentTarget.value)}
      />
      <p class="note" id="relay-note">
        {t("firstrun.relayNote")}
      </p>
    </div>
  );

  return (
    <main class="first-run" id="main">
      <form
        class="letter"
        noValidate
        aria-busy={busy}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void start();
        }}
      >
        <h1>{t(invited ? "firstrun.invitedTitle" : "firstrun.title")}</h1>
        <p class="lead">{t(invited ? "firstrun.invitedWords" : "firstrun.words")}</p>
        <div class="field">
          <label for="persona-name">{t("firstrun.name")}</label>
          <input
            id="persona-name"
            ref={field}
            data-testid="persona-name"
            value={name}
            maxLength={NAME_ROOM}
            dir="auto"
            // Not "nickname": Firefox would keep the name in its form history.
            autocomplete="off"
            spellcheck={false}
            aria-describedby="name-note"
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <p class="note" id="name-note">
            {t("firstrun.nameNote")}
          </p>
        </div>
        {platform.kind === "web" ? (
          <details class="fold">
            <summary>{t("firstrun.details")}</summary>
            {relayField}
          </details>
        ) : (
          relayField
        )}
        <ErrorNote text={error} />
        {error && <GiveBack />}
        <button type="submit" class="button primary wide" data-testid="start" aria-disabled={busy}>
          {busy ? t("firstrun.starting") : t(invited ? "firstrun.startInvited" : "firstrun.start")}
        </button>
        <p class="trust">{t("firstrun.trust")}</p>
      </form>
    </main>
  );
}

/** An address typed without https:// is meant to have it. */
function withScheme(relay: string): string {
  return /^[a-z]+:\/\//i.test(relay) ? relay : `https://${relay}`;
}
