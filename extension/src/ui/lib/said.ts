import { t } from "./catalogue";
import { safeText, visible } from "./text";

/** A text of anybody as it is shown: what shows nothing is not shown as nothing. */
export function said(text: string): string {
  return visible(text) ? safeText(text) : t("conversation.blank");
}
