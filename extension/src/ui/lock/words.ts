import { AgentError } from "../../agent/types";
import { errorText } from "../lib/errors";
import { KeyError } from "./passphrase";
import { t } from "./texts";

/** What to tell a person whose secret did not open or change the lock. */
export function lockError(error: unknown, kind: "passphrase" | "passkey"): string {
  if (error instanceof KeyError) return t(`lock.${error.reason}`);
  if (error instanceof AgentError && error.code === "wrong_secret") {
    return t(kind === "passkey" ? "lock.wrongPasskey" : "lock.wrong");
  }
  return errorText(error);
}
