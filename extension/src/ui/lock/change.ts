// Changes of the locks: what each needs of the person, and what the agent is
// told. A lock that stays has to be shown again with its key, since the vault
// is sealed under a fresh key that is wrapped for each.
import type { AgentClient } from "../../agent/types";
import type { Lock, NewLock, Secret } from "../../api";
import type { State } from "../lib/state";
import { lockWithPasskey, secretFromPasskey } from "./passkey";
import { lockWith, secretFor } from "./passphrase";

export type Change = "set" | "change" | "remove" | "addPasskey" | "removePasskey";

export interface Held {
  passphrase: Lock | undefined;
  passkey: Lock | undefined;
}

export function held(locks: readonly Lock[] | undefined): Held {
  return {
    passphrase: locks?.find(({ kind }) => kind === "passphrase"),
    passkey: locks?.find(({ kind }) => kind === "passkey"),
  };
}

/** Whether a change asks for the present passphrase. */
export function asksPresent(change: Change, { passphrase }: Held): boolean {
  return passphrase !== undefined && change !== "set";
}

/** Whether a change asks for the passkey that is there. */
export function asksPasskey(change: Change, { passphrase, passkey }: Held): boolean {
  if (!passkey) return false;
  return change !== "removePasskey" || !passphrase;
}

/** Makes a change. Rejects with a KeyError or an AgentError; then nothing has changed. */
export async function makeChange(
  client: AgentClient,
  change: Change,
  locks: Held,
  present: string,
  next: string,
): Promise<void> {
  const { passphrase, passkey } = locks;
  const opened =
    passphrase && asksPresent(change, locks) ? await secretFor(passphrase, present) : undefined;
  const shown =
    passkey && asksPasskey(change, locks) ? await secretFromPasskey(passkey) : undefined;
  const after: NewLock[] = [];
  if (change === "set" || change === "change") after.push(await lockWith(next));
  else if (change !== "remove" && passphrase && opened) after.push(kept(passphrase, opened));
  if (change === "addPasskey") after.push(await lockWithPasskey());
  else if (change !== "removePasskey" && passkey && shown) after.push(kept(passkey, shown));
  const proof = opened ?? shown;
  await client.call("locks.set", proof ? { proof, locks: after } : { locks: after });
}

function kept(lock: Lock, { key }: Secret): NewLock {
  return { lock, key };
}

/** Locks Petmail, once what was typed is kept; rejects with an AgentError. */
export async function lockNow(state: State): Promise<void> {
  await state.settle();
  await state.client.call("lock", {});
}
