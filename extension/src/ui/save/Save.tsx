import { useRef, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { SaveLine } from "../../api";
import { ConfirmDialog } from "../lib/Dialog";
import type { About } from "../lib/slice";
import { writeFile } from "./file";
import { t } from "./texts";
import { fileName, written } from "./written";

/** In the details: what was said as a text file, after a question. */
export function Save({ client, conversation: { id }, name }: About) {
  const [asking, setAsking] = useState(false);
  const [count, setCount] = useState(0);
  const wanted = useRef(false);

  const close = () => {
    wanted.current = false;
    setAsking(false);
  };
  const save = async () => {
    const lines = await everything(client, id, (read) => {
      setCount(read);
      return wanted.current;
    });
    if (!lines) return; // called off meanwhile
    const now = Date.now();
    writeFile(fileName(name, now), written(name, lines, now));
  };

  return (
    <>
      <div class="column">
        <button
          type="button"
          class="button"
          data-testid="conversation-save"
          onClick={() => {
            wanted.current = true;
            setCount(0);
            setAsking(true);
          }}
        >
          {t("save.button")}
        </button>
      </div>
      {asking && (
        <ConfirmDialog
          title={t("save.title", { name })}
          confirm={t("save.confirm")}
          onConfirm={save}
          onClose={close}
        >
          <p>{t("save.reach", { name })}</p>
          <p>{t("save.elsewhere", { name })}</p>
          <p class="note" role="status">
            {count > 0 && t("save.progress", { count: String(count) })}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** All lines of a conversation; undefined once goOn says no to how many there are. */
async function everything(
  client: AgentClient,
  conversation: string,
  goOn: (read: number) => boolean,
): Promise<SaveLine[] | undefined> {
  const lines: SaveLine[] = [];
  let after = "";
  do {
    const page = await client.call("conversation.save", { conversation, after });
    lines.push(...page.lines);
    if (!goOn(lines.length)) return undefined;
    after = page.next;
  } while (after !== "");
  return lines;
}
