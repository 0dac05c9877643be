import {
  agentName,
  clientName,
  ended,
  hold,
  type LobbyMessage,
  lobbyName,
  maxRequest,
  type Welcome,
} from "./names";
import { withoutKind } from "./older";

/** What wasm/jsapi makes for each page. */
export interface Attached {
  receive(text: string): void;
  detach(): void;
}

export type Attach = (send: (text: string) => void) => Attached;

/** More pages than a person opens. */
const maxClients = 64;

/**
 * Connects pages to the agent from now on, and tells them so. Resolves once
 * it does; the connections end with this Worker.
 */
export async function openSwitchboard(attach: Attach): Promise<void> {
  const agent = crypto.randomUUID();
  await hold(agentName(agent));
  const clients = new Set<string>();
  const lobby = new BroadcastChannel(lobbyName);
  lobby.onmessage = ({ data }: { data: LobbyMessage }) => {
    if (!("client" in data) || clients.has(data.client) || clients.size >= maxClients) return;
    clients.add(data.client);
    const said = data.kinds ? (text: string) => text : withoutKind;
    void serve(agent, attach, data.client, said).then(() => clients.delete(data.client));
  };
  const message: LobbyMessage = { agent };
  lobby.postMessage(message);
}

/** Serves one page until it is gone. said: how it is told what the agent says. */
async function serve(
  agent: string,
  attach: Attach,
  client: string,
  said: (text: string) => string,
): Promise<void> {
  const channel = new BroadcastChannel(clientName(client));
  const welcome: Welcome = { welcome: agent };
  channel.postMessage(welcome);
  const { receive, detach } = attach((text) => channel.postMessage(said(text)));
  channel.onmessage = ({ data }) => {
    if (typeof data === "string" && data.length <= maxRequest) receive(data);
  };
  await ended(clientName(client));
  channel.onmessage = null;
  detach();
  channel.close();
}
