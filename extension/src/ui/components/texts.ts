/** What the shared parts say. */
export const en = {
  "dialog.cancel": "Cancel",
  "copy.copied": "Copied",
  "copy.failed": "The browser did not allow copying. Select the text and copy it yourself.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "dialog.cancel": "Abbrechen",
  "copy.copied": "Kopiert",
  "copy.failed":
    "Der Browser hat das Kopieren nicht erlaubt. Markiere den Text und kopiere ihn selbst.",
};
