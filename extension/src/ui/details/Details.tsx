import { useEffect, useRef } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation } from "../../api";
import { language } from "../lib/catalogue";
import { Face } from "../lib/Face";
import { Icon } from "../lib/Icon";
import { NameForm } from "../lib/NameForm";
import { shownName } from "../lib/names";
import { Place, type Places } from "../lib/slice";
import { safeLine } from "../lib/text";
import { date } from "../lib/time";
import { TheirNames } from "./TheirNames";
import { t } from "./texts";
import { Verify } from "./Verify";
import "./details.css";

/** Who this is, and how one knows. */
export function Details({ client, conversation, onClose }: Places["beside"]) {
  const { id, met, created, relay, relayWas } = conversation;
  const name = shownName(conversation);
  const title = useRef<HTMLHeadingElement>(null);

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
        <Place at="details" given={{ client, conversation, name }} />
      </div>
    </aside>
  );
}

/** The name that the person keeps for somebody, for themselves. */
function Petname({ client, conversation }: { client: AgentClient; conversation: Conversation }) {
  const { id, name, theirName } = conversation;
  return (
    <NameForm
      label={t("details.petname")}
      note={t("details.petnameNote")}
      name={name}
      testid="petname"
      button={t("details.save")}
      saved={t("details.saved")}
      onSave={async (next) => {
        await client.call("petname", { conversation: id, name: next });
        return next || theirName;
      }}
      more={(save) =>
        name !== theirName &&
        theirName !== "" && (
          <button
            type="button"
            class="button quiet"
            data-testid="petname-reset"
            onClick={() => save("")}
          >
            {t("details.petnameReset", { name: safeLine(theirName) })}
          </button>
        )
      }
    />
  );
}
