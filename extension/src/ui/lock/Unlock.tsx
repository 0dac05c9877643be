import { useEffect, useRef, useState } from "preact/hooks";
import type { Secret } from "../../api";
import { GiveBack } from "../lib/GiveBack";
import { Icon } from "../lib/Icon";
import { ErrorNote } from "../lib/Notice";
import type { Data, State } from "../lib/state";
import { EraseForm } from "./EraseForm";
import { passkeysWork, secretFromPasskey } from "./passkey";
import { secretFor } from "./passphrase";
import { SecretField } from "./Secret";
import { t } from "./texts";
import { lockError } from "./words";
import "./lock.css";

/** All that a locked Petmail shows. What opens it never leaves this page but as a key. */
export function Unlock({ state, data }: { state: State; data: Data }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState<"" | "passphrase" | "passkey">("");
  const [error, setError] = useState("");
  const [can, setCan] = useState<boolean>();
  const passphrase = data.locks?.find(({ kind }) => kind === "passphrase");
  const passkey = data.locks?.find(({ kind }) => kind === "passkey");

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (passkey) void passkeysWork().then(setCan);
  }, [passkey]);

  const unlock = async (kind: "passphrase" | "passkey", derive: () => Promise<Secret>) => {
    if (busy) return;
    setBusy(kind);
    setError("");
    try {
      await state.client.call("unlock", { secret: await derive() });
      setTyped(""); // the snapshot that follows shows everything
    } catch (reason) {
      setError(lockError(reason, kind));
      setBusy("");
      field.current?.focus();
      field.current?.select();
    }
  };

  return (
    <main class="waiting-room" id="main" data-testid="locked">
      <div class="letter lock-letter">
        <Icon name="lock" />
        <h1>{t("lock.title")}</h1>
        <p>{t("lock.words")}</p>
        <ErrorNote text={error} />
        {passphrase && (
          <form
            class="column"
            aria-busy={busy !== ""}
            onSubmit={(event) => {
              event.preventDefault();
              // What stands in the field: the last letters may not have been drawn yet.
              const text = field.current?.value ?? "";
              if (text === "") setError(t("lock.empty"));
              else void unlock("passphrase", () => secretFor(passphrase, text));
            }}
          >
            <SecretField
              label={t("lock.passphrase")}
              value={typed}
              onInput={setTyped}
              testid="unlock-passphrase"
              autocomplete="current-password"
              field={field}
            />
            <button
              type="submit"
              class="button primary wide"
              data-testid="unlock"
              aria-disabled={busy !== ""}
            >
              {t(busy === "passphrase" ? "lock.unlocking" : "lock.unlock")}
            </button>
          </form>
        )}
        {passkey && can && (
          <button
            type="button"
            class={`button wide${passphrase ? "" : " primary"}`}
            data-testid="unlock-passkey"
            aria-disabled={busy !== ""}
            onClick={() => void unlock("passkey", () => secretFromPasskey(passkey))}
          >
            <Icon name="key" />
            {t(busy === "passkey" ? "lock.unlocking" : "lock.withPasskey")}
          </button>
        )}
        {passkey && can === false && <p class="note">{t("lock.passkeyElsewhere")}</p>}
        <p class="visually-hidden" role="status">
          {busy ? t("lock.unlocking") : ""}
        </p>
        <GiveBack />
        <details class="fold">
          <summary data-testid="forgotten">{t("lock.forgotten")}</summary>
          <div class="column">
            <p>{t("lock.forgottenWords")}</p>
            <EraseForm state={state} />
          </div>
        </details>
      </div>
    </main>
  );
}
