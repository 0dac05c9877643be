// What is said outside of pages, where their message catalogue is not loaded.
const texts = {
  en: { newMessage: "New message" },
  de: { newMessage: "Neue Nachricht" },
} as const;

/** The texts in the language of the settings, or else of the browser. */
export function textsIn(language: string): { newMessage: string } {
  const wanted = (language || navigator.language).slice(0, 2);
  return wanted === "de" ? texts.de : texts.en;
}
