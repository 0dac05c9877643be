import type {
  Command,
  ConversationArgs,
  DeleteArgs,
  DraftArgs,
  Invite,
  InviteAcceptArgs,
  InviteArgs,
  InviteKnown,
  InviteNewArgs,
  InviteNoteArgs,
  LocksSetArgs,
  Message,
  MessagesArgs,
  MessagesPage,
  NameArgs,
  Note,
  NoteArgs,
  NoteReceiveArgs,
  NoteSendArgs,
  PetnameArgs,
  ReadArgs,
  RenameArgs,
  Safety,
  SendArgs,
  Settings,
  Snapshot,
  StartArgs,
  TimerArgs,
  UnlockArgs,
  VerifyArgs,
  Words,
  WordsArgs,
} from "../api";

/** No arguments, or no result. */
export type Nothing = Record<string, never>;

interface Signature {
  args: unknown;
  result: unknown;
}

type Complete<Map extends Record<Command, Signature>> = Map;

/** What each command takes and answers, as wasm/api has it. */
export type Commands = Complete<{
  hello: { args: Nothing; result: Snapshot };
  start: { args: StartArgs; result: Snapshot };
  rename: { args: RenameArgs; result: Nothing };
  "invite.new": { args: InviteNewArgs; result: Invite };
  "invite.accept": { args: InviteAcceptArgs; result: Invite };
  "invite.known": { args: InviteAcceptArgs; result: InviteKnown };
  "invite.note": { args: InviteNoteArgs; result: Nothing };
  "invite.dismiss": { args: InviteArgs; result: Nothing };
  "note.send": { args: NoteSendArgs; result: Note };
  "note.receive": { args: NoteReceiveArgs; result: Note };
  "note.dismiss": { args: NoteArgs; result: Nothing };
  messages: { args: MessagesArgs; result: MessagesPage };
  send: { args: SendArgs; result: Message };
  delete: { args: DeleteArgs; result: Nothing };
  "delete.all": { args: DeleteArgs; result: Nothing };
  timer: { args: TimerArgs; result: Nothing };
  draft: { args: DraftArgs; result: Nothing };
  clear: { args: ConversationArgs; result: Nothing };
  read: { args: ReadArgs; result: Nothing };
  petname: { args: PetnameArgs; result: Nothing };
  forget: { args: ConversationArgs; result: Nothing };
  "aside.retry": { args: ConversationArgs; result: Nothing };
  safety: { args: ConversationArgs; result: Safety };
  verify: { args: VerifyArgs; result: Nothing };
  "name.use": { args: NameArgs; result: Nothing };
  "name.decline": { args: NameArgs; result: Nothing };
  "relay.noted": { args: ConversationArgs; result: Nothing };
  settings: { args: Settings; result: Nothing };
  words: { args: WordsArgs; result: Words };
  nudge: { args: Nothing; result: Nothing };
  unlock: { args: UnlockArgs; result: Nothing };
  lock: { args: Nothing; result: Nothing };
  "locks.set": { args: LocksSetArgs; result: Nothing };
  active: { args: Nothing; result: Nothing };
  erase: { args: Nothing; result: Nothing };
}>;
