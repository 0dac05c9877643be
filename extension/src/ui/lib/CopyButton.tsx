import { useEffect, useState } from "preact/hooks";
import { t } from "./catalogue";
import { Icon } from "./Icon";

/** How long a button says that it has copied, in ms. */
const SAID = 2_000;

interface Props {
  text: string;
  label: string;
  primary?: boolean;
  testid?: string;
}

/** Puts a text on the clipboard and says whether that worked. */
export function CopyButton({ text, label, primary, testid }: Props) {
  const [said, setSaid] = useState<"" | "copied" | "failed">("");

  useEffect(() => {
    if (said !== "copied") return;
    const timer = setTimeout(() => setSaid(""), SAID);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("copied");
    } catch {
      setSaid("failed");
    }
  };

  return (
    <>
      <button
        type="button"
        class={`button${primary ? " primary" : ""}`}
        data-testid={testid}
        onClick={() => void copy()}
      >
        <Icon name={said === "copied" ? "check" : "copy"} />
        {said === "copied" ? t("copy.copied") : label}
      </button>
      <span role="status" class={said === "failed" ? "note" : "visually-hidden"}>
        {said === "copied" ? t("copy.copied") : said === "failed" ? t("copy.failed") : ""}
      </span>
    </>
  );
}
