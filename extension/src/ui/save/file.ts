/** How long the browser may take to begin to write a file, in ms. */
const BEGINS = 60_000;

/** Has the browser write a file where downloads go. */
export function writeFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINS);
}
