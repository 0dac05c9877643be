import { RelayLight } from "../lib/RelayLight";
import { Place } from "../lib/slice";
import type { Data, State } from "../lib/state";
import { home } from "../lib/view";
import { t } from "./texts";

/** The people and what else one can open, and the ways to everything else. */
export function ListPane({ state, data }: { state: State; data: Data }) {
  return (
    <aside class="list-pane" aria-label={t("shell.people")}>
      <header class="list-top">
        <button
          type="button"
          class="brand"
          data-testid="home"
          aria-label={t("shell.home")}
          onClick={() => state.show(home)}
        >
          {t("shell.name")}
        </button>
        <Place at="top" given={{ state }} />
      </header>
      <div class="list-body">
        {state.slices.map(({ listItems: Items }, i) => Items && <Items key={i} state={state} />)}
      </div>
      <footer class="list-foot">
        <Place at="foot" given={{ state }} />
        <div class="list-foot-row">
          <RelayLight relay={data.relay} testid="relay-state" />
          <Place at="corner" given={{ state, data }} />
        </div>
      </footer>
    </aside>
  );
}
