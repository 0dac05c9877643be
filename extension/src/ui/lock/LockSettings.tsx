import { useEffect, useRef, useState } from "preact/hooks";
import { platform } from "../../platform";
import { Changes } from "../lib/changes";
import { errorText } from "../lib/errors";
import { Field } from "../lib/Field";
import { ErrorNote, Notice } from "../lib/Notice";
import type { Data, State } from "../lib/state";
import { asksPasskey, asksPresent, type Change, held, lockNow, makeChange } from "./change";
import { passkeysWork } from "./passkey";
import { longEnough, minLength } from "./passphrase";
import { SecretField } from "./Secret";
import { type Strength, strength } from "./strength";
import { t } from "./texts";
import { lockError } from "./words";
import "./lock.css";

/** Minutes after which Petmail may lock by itself; 0: with the browser only. */
const autoLocks = [0, 1, 5, 15, 60] as const;

/** What opens this Petmail, and when it locks. */
export function LockSettings({ state, data }: { state: State; data: Data }) {
  const [change, setChange] = useState<Change>();
  const [saved, setSaved] = useState(false);
  const [passkeys, setPasskeys] = useState(false);
  const locks = held(data.locks);
  const any = Boolean(locks.passphrase || locks.passkey);

  useEffect(() => void passkeysWork().then(setPasskeys), []);

  const choice = (which: Change, testid: string) => (
    <button
      type="button"
      class="button"
      data-testid={testid}
      aria-expanded={change === which}
      onClick={() => {
        setSaved(false);
        setChange(change === which ? undefined : which);
      }}
    >
      {t(`lock.${which}`)}
    </button>
  );

  return (
    <section aria-labelledby="settings-lock" data-testid="lock-settings">
      <h3 id="settings-lock">{t("lock.settings")}</h3>
      <p class="note">{t(any ? "lock.settingsOn" : "lock.settingsOff")}</p>
      <div class="lock-choices">
        {!locks.passphrase && choice("set", "passphrase-set")}
        {locks.passphrase && choice("change", "passphrase-change")}
        {locks.passphrase && choice("remove", "passphrase-remove")}
        {passkeys && !locks.passkey && choice("addPasskey", "passkey-add")}
        {passkeys && locks.passkey && choice("removePasskey", "passkey-remove")}
      </div>
      {change && (
        <ChangeForm
          key={change}
          state={state}
          data={data}
          change={change}
          onDone={(done) => {
            setSaved(done);
            setChange(undefined);
          }}
        />
      )}
      <p class="note" role="status" data-testid="lock-saved">
        {saved ? t("lock.saved") : ""}
      </p>
      {any && <AutoLock state={state} data={data} />}
      {any && <LockNow state={state} />}
    </section>
  );
}

interface FormProps {
  state: State;
  data: Data;
  change: Change;
  onDone: (done: boolean) => void;
}

function ChangeForm({ state, data, change, onDone }: FormProps) {
  const first = useRef<HTMLInputElement>(null);
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const locks = held(data.locks);
  const asks = asksPresent(change, locks);
  const makes = change === "set" || change === "change";

  useEffect(() => first.current?.focus(), []);

  const save = async (form: HTMLFormElement) => {
    if (busy) return;
    setError("");
    // What stands in the fields: the last letters may not have been drawn yet.
    const typed = new FormData(form);
    const read = (name: string) => String(typed.get(name) ?? "");
    const present = read("passphrase-present");
    const next = read("passphrase-new");
    const again = read("passphrase-again");
    if (asks && present === "") return setError(t("lock.empty"));
    if (makes && !longEnough(next)) return setError(t("lock.tooShort", { count: minLength }));
    if (makes && next.normalize("NFKC") !== again.normalize("NFKC")) {
      return setError(t("lock.different"));
    }
    setBusy(true);
    try {
      await makeChange(state.client, change, locks, present, next);
      onDone(true);
    } catch (reason) {
      setError(lockError(reason, asks ? "passphrase" : "passkey"));
      setBusy(false);
    }
  };

  return (
    <form
      class="lock-form"
      aria-label={t(`lock.${change}`)}
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      {change === "remove" && <p>{t("lock.removePassphraseWords")}</p>}
      {change === "removePasskey" && <p>{t("lock.removePasskeyWords")}</p>}
      {change === "addPasskey" && <p>{t("lock.addPasskeyWords")}</p>}
      {asks && (
        <SecretField
          label={t("lock.present")}
          value={present}
          onInput={setPresent}
          testid="passphrase-present"
          autocomplete="current-password"
          field={first}
        />
      )}
      {makes && (
        <>
          <SecretField
            label={t("lock.new")}
            value={next}
            onInput={setNext}
            testid="passphrase-new"
            autocomplete="new-password"
            note={t("lock.newNote", { count: minLength })}
            {...(asks ? {} : { field: first })}
          />
          {next !== "" && <StrengthHint value={strength(next, minLength)} />}
          <SecretField
            label={t("lock.repeat")}
            value={again}
            onInput={setAgain}
            testid="passphrase-again"
            autocomplete="new-password"
          />
          <Notice icon="warning" tone="warn">
            {t("lock.warning")}
          </Notice>
        </>
      )}
      {asksPasskey(change, locks) && (
        <p class="note">{t(asks ? "lock.keepsPasskey" : "lock.confirmPasskey")}</p>
      )}
      <ErrorNote text={error} />
      <div class="lock-choices">
        <button type="submit" class="button primary" data-testid="lock-save" aria-disabled={busy}>
          {t(busy ? "lock.saving" : makes ? "lock.save" : `lock.${change}`)}
        </button>
        <button type="button" class="button" data-testid="cancel" onClick={() => onDone(false)}>
          {t("lock.cancel")}
        </button>
      </div>
    </form>
  );
}

const levels: Record<Strength, number> = { short: 0, weak: 1, fair: 2, good: 3 };

function StrengthHint({ value }: { value: Strength }) {
  const words = t(`lock.strength.${value}`);
  return (
    <div class="strength" role="status" data-testid="strength" data-strength={value}>
      <meter
        min={0}
        max={3}
        low={2}
        high={3}
        optimum={3}
        value={levels[value]}
        aria-label={words}
      />
      <span>{words}</span>
    </div>
  );
}

function AutoLock({ state, data }: { state: State; data: Data }) {
  const [error, setError] = useState("");
  const set = async (minutes: number) => {
    setError("");
    try {
      await new Changes(state.client, () => state.data.peek()?.settings).make({
        autoLock: minutes,
      });
    } catch (reason) {
      setError(errorText(reason));
    }
  };
  return (
    <>
      <Field
        label={t("lock.auto")}
        note={t(platform.kind === "web" ? "lock.autoNote.app" : "lock.autoNote.extension")}
      >
        {(named) => (
          <select
            {...named}
            data-testid="auto-lock"
            value={String(data.settings.autoLock ?? 0)}
            onChange={(event) => void set(Number(event.currentTarget.value))}
          >
            {autoLocks.map((minutes) => (
              <option key={minutes} value={String(minutes)}>
                {t(`lock.auto.${minutes}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ErrorNote text={error} />
    </>
  );
}

function LockNow({ state }: { state: State }) {
  const [error, setError] = useState("");
  return (
    <>
      <button
        type="button"
        class="button"
        data-testid="lock-now"
        onClick={() => lockNow(state).catch((reason) => setError(errorText(reason)))}
      >
        {t("lock.now")}
      </button>
      <ErrorNote text={error} />
    </>
  );
}
