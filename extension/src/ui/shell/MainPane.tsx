import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Conversation } from "../../api";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { Pure } from "../components/Pure";
import { ConversationPane } from "../conversation/ConversationPane";
import { errorText } from "../errors";
import { Icon } from "../icons";
import { EnterPane } from "../invite/EnterPane";
import { InvitePane } from "../invite/InvitePane";
import { NotePane } from "../note/NotePane";
import { ReceivePane } from "../note/ReceivePane";
import { SendPane } from "../note/SendPane";
import { SettingsPane } from "../settings/SettingsPane";
import type { Data, State } from "../state";

interface Props {
  state: State;
  data: Data;
  onBack: () => void;
}

/** What the person looks at beside the list. */
export function MainPane({ state, data, onBack }: Props) {
  const view = state.view.value;
  switch (view.kind) {
    case "conversation": {
      const conversation = state.conversations.value.find(({ id }) => id === view.id);
      if (!conversation) return <Home state={state} />;
      return (
        <Open key={conversation.id} state={state} conversation={conversation} onBack={onBack} />
      );
    }
    case "invite": {
      const invite = state.invites.value.find(({ id }) => id === view.id);
      if (!invite) return <Home state={state} />;
      return (
        <Page onBack={onBack}>
          <InvitePane key={invite.id} state={state} invite={invite} />
        </Page>
      );
    }
    case "enter":
      return (
        <Page onBack={onBack}>
          <EnterPane state={state} text={view.text} asked={view.asked} error={view.error} />
        </Page>
      );
    case "note": {
      const note = state.notes.value.find(({ id }) => id === view.id);
      if (!note) return <Home state={state} />;
      return (
        <Page onBack={onBack}>
          <NotePane key={note.id} state={state} note={note} />
        </Page>
      );
    }
    case "note-new":
      return (
        <Page onBack={onBack}>
          <SendPane state={state} text={view.text} />
        </Page>
      );
    case "note-enter":
      return (
        <Page onBack={onBack}>
          <ReceivePane key={view.code} state={state} code={view.code} />
        </Page>
      );
    case "settings":
      return (
        <Page onBack={onBack}>
          <SettingsPane state={state} data={data} />
        </Page>
      );
    case "home":
      return <Home state={state} />;
  }
}

/** The open conversation; what happens in others does not draw it again. */
class Open extends Pure<{ state: State; conversation: Conversation; onBack: () => void }> {
  override render({ state, conversation, onBack }: Open["props"]) {
    return (
      <ConversationPane
        client={state.client}
        conversation={conversation}
        drafts={state.drafts}
        onBack={onBack}
        focus
      />
    );
  }
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
  const [error, setError] = useState("");
  const empty = state.conversations.value.length === 0;
  const invite = () => {
    setError("");
    state.invite("").catch((reason) => setError(errorText(reason)));
  };
  return (
    <div class={`home${empty ? " empty" : ""}`}>
      <Icon name="letter" />
      <h2 tabIndex={-1}>{t(empty ? "shell.emptyTitle" : "shell.chooseTitle")}</h2>
      <p>{t(empty ? "shell.emptyWords" : "shell.chooseWords")}</p>
      <ErrorNote text={error} />
      {empty && (
        <div class="column">
          <button type="button" class="button primary" data-testid="home-invite" onClick={invite}>
            {t("shell.emptyInvite")}
          </button>
          <button
            type="button"
            class="button quiet"
            data-testid="home-have"
            onClick={() => state.show({ kind: "enter", text: "", asked: false, error: "" })}
          >
            {t("shell.have")}
          </button>
        </div>
      )}
    </div>
  );
}
