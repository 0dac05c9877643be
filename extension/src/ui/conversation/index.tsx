import { useCallback, useEffect } from "preact/hooks";
import type { Conversation, Event } from "../../api";
import { platform } from "../../platform";
import { Pure } from "../lib/Pure";
import { type Slice, viewKind } from "../lib/slice";
import { type Data, put, type State, without } from "../lib/state";
import { conversationIn, conversationView, home, type View } from "../lib/view";
import { ConversationList } from "./ConversationList";
import { ConversationPane } from "./ConversationPane";
import { drafts } from "./drafts";
import { QuickReply } from "./QuickReply";
import { de, en } from "./texts";

/** Conversations: the list of people, and what is said with each. */
export const conversation: Slice = {
  texts: { en, de },
  reduce,
  follow,
  keeps: drafts,
  listItems: People,
  views: [
    viewKind(
      "conversation",
      ({ state, data, view, onBack }) => {
        const conversation = data.conversations.find(({ id }) => id === view.id);
        return (
          conversation && (
            <Open key={conversation.id} state={state} conversation={conversation} onBack={onBack} />
          )
        );
      },
      { whole: true },
    ),
  ],
  places: { desk: OpenedOutside, popup: Answers },
};

/** Conversations, the newest activity first. Messages are the conversation's. */
function reduce(data: Data, event: Event): Data {
  switch (event.kind) {
    case "snapshot":
      return { ...data, conversations: byActivity(data.conversations) };
    case "conversation":
      return { ...data, conversations: byActivity(put(data.conversations, event.data)) };
    case "conversationRemoved":
      return { ...data, conversations: without(data.conversations, event.data) };
    default:
      return data;
  }
}

/** Newest activity first; equal ones in an order that stays. */
function byActivity(list: readonly Conversation[]): Conversation[] {
  return [...list].sort((a, b) => b.activity - a.activity || (a.id < b.id ? -1 : 1));
}

/** A conversation that is gone is left. */
function follow(view: View, before: Data | undefined, after: Data): View {
  const shown = conversationIn(view);
  const gone = before && shown && !after.conversations.some(({ id }) => id === shown);
  return gone ? home : view;
}

/** The open conversation; what happens in others does not draw it again. */
class Open extends Pure<{ state: State; conversation: Conversation; onBack: () => void }> {
  override render({ state, conversation, onBack }: Open["props"]) {
    return (
      <ConversationPane
        client={state.client}
        conversation={conversation}
        drafts={state.kept(drafts)}
        onBack={onBack}
        focus
      />
    );
  }
}

/** The same function each time, or every item would be drawn again. */
function useSelect(state: State): (id: string) => void {
  return useCallback((id) => state.show(conversationView(id)), [state]);
}

function People({ state }: { state: State }) {
  return (
    <ConversationList
      conversations={state.conversations.value}
      selected={conversationIn(state.view.value)}
      onSelect={useSelect(state)}
    />
  );
}

function Answers({ state }: { state: State }) {
  return (
    <QuickReply
      client={state.client}
      conversations={state.conversations.value}
      chosen={conversationIn(state.view.value)}
      onChoose={useSelect(state)}
      drafts={state.kept(drafts)}
    />
  );
}

/** Shows the conversation that is chosen outside of the page, as in a notification. */
function OpenedOutside({ state }: { state: State }) {
  useEffect(() => platform.onOpenConversation((id) => state.show(conversationView(id))), [state]);
  return null;
}
