import { useEffect, useRef, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation } from "../../api";
import { language, t } from "../catalogue";
import { ConfirmDialog, ErrorNote } from "../components";
import { NAME_ROOM, safeLine } from "../conversation/text";
import { date } from "../conversation/time";
import { errorText } from "../errors";
import { Icon } from "../icons";
import { Face } from "../list/Face";
import { shownName } from "../who/name";
import { TheirNames } from "./TheirNames";
import { Verify } from "./Verify";
import "./details.css";

interface Props {
  client: AgentClient;
  conversation: Conversation;
  onClose: () => void;
}

/** Who this is, how one knows, and the way to forget them. */
export function Details({ client, conversation, onClose }: Props) {
  const { id, met, created, relay, relayWas } = conversation;
  const name = shownName(conversation);
  const title = useRef<HTMLHeadingElement>(null);
  const [forgetting, setForgetting] = useState(false);
  const [clearing, setClearing] = useState(false);

  useEffect(() => title.current?.focus(), []);

  return (
    <aside class="details" aria-labelledby="details-title" data-testid="details-pane">
      <header class="talk-top">
        <h2 id="details-title" ref={title} tabIndex={-1}>
          {t("details.title")}
        </h2>
        <button
          type="button"
          class="icon-button"
          data-testid="details-close"
          aria-label={t("details.close")}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="details-body">
        <div class="details-who">
          <Face id={id} name={name} />
          <p class="details-name">
            <bdi>{name}</bdi>
          </p>
          <TheirNames client={client} conversation={conversation} name={name} />
          <p class="note">
            {t(met === "link" ? "details.metByLink" : "details.metByCode", {
              date: date(created, Date.now(), language.value),
            })}
          </p>
        </div>
        <Petname client={client} conversation={conversation} />
        <Verify client={client} conversation={conversation} name={name} />
        <details class="more-details">
          <summary>{t("details.technical")}</summary>
          <dl>
            <dt>{t("details.relay")}</dt>
            <dd>{relay || t("details.notYet")}</dd>
            {relayWas && (
              <>
                <dt>{t("details.relayWas")}</dt>
                <dd>{relayWas}</dd>
              </>
            )}
          </dl>
          <p class="note">{t("details.relayNote", { name })}</p>
        </details>
        <div class="column forget">
          <button
            type="button"
            class="button danger"
            data-testid="clear"
            onClick={() => setClearing(true)}
          >
            {t("forget.clear")}
          </button>
          <p class="note">{t("forget.clearNote")}</p>
          <button
            type="button"
            class="button danger"
            data-testid="forget"
            onClick={() => setForgetting(true)}
          >
            <Icon name="trash" />
            {t("forget.button", { name })}
          </button>
        </div>
      </div>
      {forgetting && (
        <ConfirmDialog
          title={t("details.forgetTitle", { name })}
          confirm={t("details.forgetConfirm")}
          danger
          onConfirm={async () => {
            await client.call("forget", { conversation: id });
          }}
          onClose={() => setForgetting(false)}
        >
          <p>{t("forget.lost", { name })}</p>
          <p>{t("details.forgetWords", { name })}</p>
          <p class="note">{t("delete.promise")}</p>
        </ConfirmDialog>
      )}
      {clearing && (
        <ConfirmDialog
          title={t("forget.clearTitle", { name })}
          confirm={t("forget.clearConfirm")}
          danger
          onConfirm={async () => {
            await client.call("clear", { conversation: id });
          }}
          onClose={() => setClearing(false)}
        >
          <p>{t("forget.clearWords", { name })}</p>
          <p class="note">{t("delete.promise")}</p>
        </ConfirmDialog>
      )}
    </aside>
  );
}

/** The name that the person keeps for somebody, for themselves. */
function Petname({ client, conversation }: { client: AgentClient; conversation: Conversation }) {
  const { id, name, theirName } = conversation;
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(name);
  const [said, setSaid] = useState<{ error?: string; saved?: boolean }>({});

  // Another page may have changed it.
  useEffect(() => setText(name), [name]);

  const save = async (next: string) => {
    try {
      await client.call("petname", { conversation: id, name: next });
      setText(next || theirName);
      setSaid({ saved: true });
    } catch (error) {
      setSaid({ error: errorText(error) });
    }
  };

  return (
    <form
      class="petname"
      onSubmit={(event) => {
        event.preventDefault();
        // What stands in the field: the last letters may not have been drawn yet.
        void save((field.current?.value ?? "").trim());
      }}
    >
      <label for="petname">{t("details.petname")}</label>
      <div class="petname-row">
        <input
          id="petname"
          ref={field}
          data-testid="petname"
          value={text}
          maxLength={NAME_ROOM}
          dir="auto"
          autocomplete="off"
          aria-describedby="petname-note"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setSaid({});
          }}
        />
        <button type="submit" class="button" data-testid="petname-save">
          {t("details.save")}
        </button>
      </div>
      <p class="note" id="petname-note">
        {t("details.petnameNote")}
      </p>
      {name !== theirName && theirName !== "" && (
        <button
          type="button"
          class="button quiet"
          data-testid="petname-reset"
          onClick={() => save("")}
        >
          {t("details.petnameReset", { name: safeLine(theirName) })}
        </button>
      )}
      <p role="status" class="note">
        {said.saved ? t("details.saved") : ""}
      </p>
      <ErrorNote text={said.error ?? ""} />
    </form>
  );
}
