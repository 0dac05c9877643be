// What is said outside of pages, where their message catalogue is not loaded.
const texts = {
  en: { newMessage: "New message", noName: "No name" },
  de: { newMessage: "Neue Nachricht", noName: "Ohne Namen" },
} as const;

/** The texts in the language of the settings, or else of the browser. */
export function textsIn(language: string): { newMessage: string; noName: string } {
  const wanted = (language || navigator.language).slice(0, 2);
  return wanted === "de" ? texts.de : texts.en;
}
