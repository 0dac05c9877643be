import { useEffect, useRef } from "preact/hooks";
import { GiveBack } from "../lib/GiveBack";
import { Icon } from "../lib/Icon";
import type { Data, State } from "../lib/state";
import { EraseForm } from "./EraseForm";
import { t } from "./texts";
import "./lock.css";

/** What is stored does not open: why, and what can be done. Nothing happens by itself. */
export function Broken({ state, data }: { state: State; data: Data }) {
  const problem = data.problem ?? "damaged";
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <main class="waiting-room" id="main" data-testid="broken" data-problem={problem}>
      <div class="letter lock-letter">
        <Icon name="warning" />
        <h1 ref={title} tabIndex={-1}>
          {t("lock.brokenTitle")}
        </h1>
        <p>{t(`lock.broken.${problem}`)}</p>
        <p>{t("lock.brokenRestore")}</p>
        <GiveBack />
        <button
          type="button"
          class="button"
          data-testid="broken-again"
          onClick={() => location.reload()}
        >
          {t("lock.brokenAgain")}
        </button>
        <details class="fold">
          <summary data-testid="begin-anew">{t("lock.brokenAnew")}</summary>
          <div class="column">
            <p>{t("lock.brokenAnewWords")}</p>
            <EraseForm state={state} />
          </div>
        </details>
      </div>
    </main>
  );
}
