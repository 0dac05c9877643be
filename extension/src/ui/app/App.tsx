import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Reason } from "../../agent/types";
import type { Phase } from "../../api";
import { platform } from "../../platform";
import { GiveBack } from "../lib/GiveBack";
import { Place } from "../lib/slice";
import type { State } from "../lib/state";
import { conversationIn } from "../lib/view";
import { Banners } from "./Banners";
import { useBackButton } from "./history";
import { ListPane } from "./ListPane";
import { MainPane } from "./MainPane";
import { t } from "./texts";
import "./app.css";

/** An invitation that brought the person here. */
export interface Arrival {
  text: string;
  /** Whether the person has said yes to it already. */
  confirmed: boolean;
}

interface Props {
  state: State;
  arrival: Arrival | undefined;
}

/** The whole app, from the first run on. */
export function App({ state, arrival: first }: Props) {
  const [arrival, setArrival] = useState(first);
  const metNew = useRef(false);
  const data = state.data.value;
  const phase = data?.phase;
  useBeginAnew(phase);

  // Locked, not even a number is told.
  useEffect(() => {
    if (phase !== "ready") document.title = t("shell.name");
  }, [phase]);
  useEffect(() => platform.onInvite((text) => setArrival({ text, confirmed: false })), []);

  // The first run asks in its own way; who is set up already is asked here.
  useEffect(() => {
    if (phase !== "ready" || !arrival) return;
    setArrival(undefined);
    for (const { arrive } of state.slices) void arrive?.(state, arrival.text, arrival.confirmed);
  }, [phase, arrival, state]);

  if (state.agent.value === "unavailable" && !data) {
    return <Unavailable reason={state.reason.value} />;
  }
  if (!data) return <Starting />;
  if (data.phase === "new") metNew.current = true;
  const Instead = state.slices.map(({ phases }) => phases?.[data.phase]).find(Boolean);
  if (Instead) {
    return (
      <Instead
        state={state}
        data={data}
        invited={arrival !== undefined}
        onStart={() => setArrival((now) => now && { ...now, confirmed: true })}
      />
    );
  }
  return <Desk state={state} welcome={metNew.current} />;
}

/**
 * When this Petmail was deleted, here or in another page, the page goes with
 * all that it remembers.
 */
function useBeginAnew(phase: Phase | undefined): void {
  const before = useRef(phase);
  useEffect(() => {
    if (phase === "new" && before.current !== undefined && before.current !== "new") {
      location.replace(location.pathname);
    }
    before.current = phase ?? before.current;
  }, [phase]);
}

/** List and main pane; where there is no room for both, one of them. */
function Desk({ state, welcome }: { state: State; welcome: boolean }) {
  const data = state.data.value;
  const view = state.view.value;
  const unread = state.unread.value;
  const back = useBackButton(state);

  // The form that had the focus is gone.
  useEffect(() => {
    if (welcome) document.querySelector<HTMLElement>(".home h2")?.focus();
  }, [welcome]);
  useEffect(() => {
    document.title = unread > 0 ? t("shell.unreadTitle", { count: unread }) : t("shell.name");
  }, [unread]);

  const onBack = useCallback(() => {
    const left = state.view.peek();
    back();
    focusInList(conversationIn(left));
  }, [state, back]);

  if (!data) return null;
  // On a full disk it goes on showing what it has.
  const unavailable = state.agent.value === "unavailable" && state.reason.value !== "full";
  return (
    <div class="desk" data-view={view.kind}>
      <a class="skip" href="#main">
        {t("shell.skip")}
      </a>
      <header class="desk-top">
        <h1 class="visually-hidden">{t("shell.name")}</h1>
        <Banners state={state} data={data} />
      </header>
      <ListPane state={state} data={data} />
      <main class="main-pane" id="main" tabIndex={-1}>
        {unavailable ? (
          <Unavailable reason={state.reason.value} inside />
        ) : (
          <MainPane state={state} data={data} onBack={onBack} />
        )}
      </main>
      <Place at="desk" given={{ state }} />
      <p class="visually-hidden" role="status">
        {unread > 0 ? t("shell.unread", { count: unread }) : ""}
      </p>
    </div>
  );
}

/** After a way back: where the person came from, else the list's beginning. */
function focusInList(conversation: string): void {
  requestAnimationFrame(() => {
    const items = [...document.querySelectorAll<HTMLElement>(".list-pane .item")];
    const item = items.find((element) => element.dataset.id === conversation);
    (item ?? document.querySelector<HTMLElement>(".list-pane .brand"))?.focus();
  });
}

function Starting() {
  return (
    <main class="waiting-room" id="main" aria-busy="true">
      <p role="status">{t("shell.starting")}</p>
    </main>
  );
}

/** Where each browser has the setting that keeps a site from storing. */
function Allow() {
  const site = location.host;
  return (
    <ul data-testid="allow-storage">
      <li>{t("shell.allow.firefox", { site })}</li>
      <li>{t("shell.allow.chromium", { site })}</li>
      <li>{t("shell.allow.safari")}</li>
    </ul>
  );
}

function Unavailable({ reason, inside }: { reason: Reason | undefined; inside?: boolean }) {
  const content = (
    <div class="letter" role="alert" data-testid={reason === "full" ? "disk-full" : "error"}>
      <h2>{t(reason === "full" ? "shell.diskFullTitle" : "shell.unavailableTitle")}</h2>
      <p>{t(`shell.unavailable.${reason ?? "unknown"}`)}</p>
      {reason === "blocked" && <Allow />}
      <GiveBack />
      <button type="button" class="button primary" onClick={() => location.reload()}>
        {t("shell.reload")}
      </button>
    </div>
  );
  if (inside) return <div class="waiting-room">{content}</div>;
  return (
    <main class="waiting-room" id="main">
      {content}
    </main>
  );
}
