import { AgentError } from "../../agent/types";
import { t } from "./catalogue";

/** What to tell a person about a refused command, and what to do next. */
export function errorText(error: unknown): string {
  if (!(error instanceof AgentError)) return t("error.internal");
  // Of an unknown word the message holds the nearest of the list, or nothing.
  if (error.code === "bad_word" && /^[a-z]+$/i.test(error.message)) {
    return t("error.bad_word_suggestion", { word: error.message });
  }
  return t(`error.${error.code}`);
}
