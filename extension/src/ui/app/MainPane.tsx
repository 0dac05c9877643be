import type { ComponentChildren } from "preact";
import { Icon } from "../lib/Icon";
import { kindOf, Place } from "../lib/slice";
import type { Data, State } from "../lib/state";
import { t } from "./texts";

interface Props {
  state: State;
  data: Data;
  onBack: () => void;
}

/** What the person looks at beside the list. */
export function MainPane({ state, data, onBack }: Props) {
  const view = state.view.value;
  const kind = kindOf(state.slices, view);
  const drawn = kind?.draw({ state, data, view, onBack });
  if (!drawn) return <Home state={state} />;
  return kind?.whole ? drawn : <Page onBack={onBack}>{drawn}</Page>;
}

/** A pane with a way back, where only one pane has room, and by Escape. */
function Page({ onBack, children }: { onBack: () => void; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape works wherever the focus is inside
    <div
      class="page"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onBack();
      }}
    >
      <button
        type="button"
        class="icon-button back"
        data-testid="back"
        aria-label={t("shell.back")}
        onClick={onBack}
      >
        <Icon name="back" />
      </button>
      {children}
    </div>
  );
}

/** Nothing is open: what to do first, or next. */
function Home({ state }: { state: State }) {
  const empty = state.conversations.value.length === 0;
  return (
    <div class={`home${empty ? " empty" : ""}`}>
      <Icon name="letter" />
      <h2 tabIndex={-1}>{t(empty ? "shell.emptyTitle" : "shell.chooseTitle")}</h2>
      <p>{t(empty ? "shell.emptyWords" : "shell.chooseWords")}</p>
      {empty && <Place at="begin" given={{ state }} />}
    </div>
  );
}
