// What people with wormhole type. The option stands before the word after it,
// where both wormhole and wormhole-william take it.

/** The address of a relay's mailbox server, as wormhole takes it. */
export function mailboxServer(relay: string): string {
  return `${relay.replace(/^http/, "ws")}/v1`;
}

export function receiveCommand(relay: string, code: string): string {
  return `wormhole --relay-url ${mailboxServer(relay)} receive ${code}`;
}

export function sendCommand(relay: string): string {
  return `wormhole --relay-url ${mailboxServer(relay)} send --text "…"`;
}
