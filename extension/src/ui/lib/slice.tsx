// What a feature is to the pages. ui/app has the one list of slices and draws
// them without knowing which they are.
import { type ComponentChild, type ComponentType, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation, Event, Message, Phase } from "../../api";
import type { Texts } from "./catalogue";
import type { IconName } from "./Icon";
import type { Data, Keeper, State } from "./state";
import type { View } from "./view";

/** One feature of the pages. What needs an order has that of the list of slices. */
export interface Slice {
  /** What it says. */
  readonly texts: { readonly en: Texts; readonly de: Texts };
  /** The data after an event, as far as they are its own; what did not change keeps its identity. */
  readonly reduce?: (data: Data, event: Event) => Data;
  /** The view after a change of the data; the same one if that leads nowhere. */
  readonly follow?: (view: View, before: Data | undefined, after: Data) => View;
  /** What it draws in the main pane. */
  readonly views?: readonly ViewKind[];
  /** What it adds to the list. */
  readonly listItems?: ComponentType<{ state: State }>;
  /** What it draws instead of list and main pane, while the agent is in a phase. */
  readonly phases?: { readonly [P in Phase]?: ComponentType<PhaseProps> };
  /** What it draws in what others draw. */
  readonly places?: { readonly [P in keyof Places]?: ComponentType<Places[P]> };
  /** What it does with a message. */
  readonly actions?: readonly MessageAction[];
  /** What it keeps for as long as the page lives. */
  readonly keeps?: Keeper;
  /** Begins with the page, and goes on as long as it. */
  readonly watch?: (state: State) => void;
  /** Takes the text that brought the person here; confirmed: they have said yes to it. */
  readonly arrive?: (state: State, text: string, confirmed: boolean) => Promise<void>;
}

export interface PhaseProps {
  state: State;
  data: Data;
  /** Whether an invitation brought the person here. */
  invited: boolean;
  /** The person has said yes to that invitation. */
  onStart: () => void;
}

export interface ViewProps<V extends View> {
  state: State;
  data: Data;
  view: V;
  onBack: () => void;
}

/** A kind of view. */
export interface ViewKind {
  readonly kind: string;
  /** undefined: what it shows is not there. */
  readonly draw: (props: ViewProps<View>) => ComponentChild;
  /** It has a way back of its own, and takes the whole pane. */
  readonly whole?: boolean;
  /** The popup shows it, too. */
  readonly popup?: boolean;
}

/** A kind of view, drawn with the fields that views of this kind have. */
export function viewKind<V extends View>(
  kind: V["kind"],
  draw: (props: ViewProps<V>) => ComponentChild,
  more: Pick<ViewKind, "whole" | "popup"> = {},
): ViewKind {
  return { kind, draw: draw as ViewKind["draw"], ...more };
}

/** The kind of a view, undefined if no slice has it. */
export function kindOf(slices: readonly Slice[], view: View): ViewKind | undefined {
  return slices.flatMap(({ views = [] }) => views).find(({ kind }) => kind === view.kind);
}

/** What is drawn about one conversation. */
export interface About {
  client: AgentClient;
  conversation: Conversation;
  /** What the contact is called. */
  name: string;
}

/** Where slices draw in what others draw, and what they are given there. */
export interface Places {
  /** What the person should know at once, whatever they look at. */
  banner: { state: State; data: Data };
  /** Beside the name, above the list and in the popup. */
  top: { state: State };
  /** Below the list. */
  foot: { state: State };
  /** In the line at the very end of the list. */
  corner: { state: State; data: Data };
  /** In the main pane, where there is nobody to write to. */
  begin: { state: State };
  /** Nothing to see: what goes on while list and main pane are there. */
  desk: { state: State };
  /** All that the popup shows when nothing is open. */
  popup: { state: State };
  /** A section of the settings. */
  settings: { state: State; data: Data };
  /** A button at the head of a conversation. */
  head: About;
  /** What there is to tell at the head of a conversation. */
  told: About & { onDetails: () => void };
  /** Beside a conversation, once its details are asked for. */
  beside: { client: AgentClient; conversation: Conversation; onClose: () => void };
  /** A section of the details of a conversation. */
  details: About;
  /** Below an open invitation: another way to reach somebody. */
  invited: { state: State };
  /** Above the button that takes a code or link: what the text typed looks like. */
  typed: { text: string };
  /** Below that button: another way than a code or link. */
  entered: { state: State; text: string };
}

/** What can be done with a message: a line of its menu, and what asks before. */
export interface MessageAction {
  readonly testid: string;
  readonly icon: IconName;
  /** Whether something is lost by it. */
  readonly danger?: boolean;
  /** What the line says; undefined: nothing can be done with this one. */
  readonly label: (message: Message) => string | undefined;
  readonly Dialog: ComponentType<ActionProps>;
}

export interface ActionProps extends About {
  message: Message;
  /** Takes what the answer tells before its event comes. */
  take: (event: Event) => void;
  /** Done or cancelled. */
  onClose: () => void;
}

/** The slices of the page. */
export const Slices = createContext<readonly Slice[]>([]);

/** Draws what all slices have for a place. */
export function Place<P extends keyof Places>({ at, given }: { at: P; given: Places[P] }) {
  const slices = useContext(Slices);
  return (
    <>
      {slices.map(({ places }, i) => {
        const Drawn = places?.[at] as ComponentType<Places[P]> | undefined;
        return Drawn && <Drawn key={i} {...given} />;
      })}
    </>
  );
}
