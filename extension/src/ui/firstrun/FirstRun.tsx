import { useEffect, useRef, useState } from "preact/hooks";
import { platform } from "../../platform";
import { errorText } from "../lib/errors";
import { Field } from "../lib/Field";
import { GiveBack } from "../lib/GiveBack";
import { ErrorNote } from "../lib/Notice";
import type { PhaseProps } from "../lib/slice";
import { NAME_ROOM } from "../lib/text";
import { t } from "./texts";
import "./firstrun.css";

/** Asks for a name and, where the build does not know it, for the relay. */
export function FirstRun({ state, invited, onStart }: PhaseProps) {
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
      const snapshot = await state.client.call("start", { name: name.trim(), relay: address });
      state.take({ kind: "snapshot", data: snapshot });
    } catch (reason) {
      setError(errorText(reason));
      setBusy(false);
    }
  };

  const relayField = (
    <Field label={t("firstrun.relay")} note={t("firstrun.relayNote")}>
      {(named) => (
        <input
          {...named}
          data-testid="relay-url"
          type="url"
          inputMode="url"
          dir="ltr"
          value={relay}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setRelay(event.currentTarget.value)}
        />
      )}
    </Field>
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
        <Field label={t("firstrun.name")} note={t("firstrun.nameNote")}>
          {(named) => (
            <input
              {...named}
              ref={field}
              data-testid="persona-name"
              value={name}
              maxLength={NAME_ROOM}
              dir="auto"
              // Not "nickname": Firefox would keep the name in its form history.
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
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
