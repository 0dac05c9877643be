import { useEffect, useRef, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation } from "../../api";
import { errorText } from "../lib/errors";
import { Icon } from "../lib/Icon";
import { ErrorNote } from "../lib/Notice";
import { t } from "./texts";

interface Props {
  client: AgentClient;
  conversation: Conversation;
  name: string;
}

/** The words that two people compare to know that nobody is between them. */
export function Verify({ client, conversation, name }: Props) {
  const { id, verified, differ, keyAlarm, relayAlarm, state } = conversation;
  const [words, setWords] = useState<string[]>();
  const [error, setError] = useState("");
  const list = useRef<HTMLOListElement>(null);

  // The words belong to the keys; when these change, they are others.
  useEffect(() => {
    setWords(undefined);
  }, [id, keyAlarm]);

  useEffect(() => {
    if (words) list.current?.focus();
  }, [words]);

  const show = async () => {
    setError("");
    try {
      setWords((await client.call("safety", { conversation: id })).words);
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  /** Keeps what was found; "": what was said before is taken back. */
  const mark = async (found: "same" | "differ" | "") => {
    setError("");
    try {
      await client.call("verify", {
        conversation: id,
        verified: found === "same",
        ...(found === "differ" && { differ: true }),
      });
      setWords(undefined);
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  return (
    <section class="verify" aria-labelledby="verify-title">
      <h3 id="verify-title">{t("verify.title")}</h3>
      {keyAlarm && (
        <p class="verify-alarm" role="alert">
          <Icon name="warning" />
          <span>{t("verify.alarm", { name })}</span>
        </p>
      )}
      {relayAlarm && (
        <p class="verify-alarm" role="alert">
          <Icon name="warning" />
          <span>{t("who.relayAlarm", { name })}</span>
        </p>
      )}
      {verified && !keyAlarm ? (
        <p class="verify-good">
          <Icon name="check" />
          <span>{t("verify.done", { name })}</span>
        </p>
      ) : (
        !words && (
          <p class="note">{state === "open" ? t("verify.why", { name }) : t("verify.later")}</p>
        )
      )}
      {differ && (
        <p class="verify-alarm" role="alert">
          <Icon name="warning" />
          <span>{t("verify.different", { name })}</span>
        </p>
      )}
      {words ? (
        <>
          <p class="note">{t("verify.how", { name })}</p>
          <ol
            class="safety-words"
            data-testid="safety-words"
            ref={list}
            tabIndex={-1}
            aria-label={t("verify.words")}
          >
            {words.map((word, i) => (
              <li key={i}>{word}</li>
            ))}
          </ol>
          <div class="column">
            <button
              type="button"
              class="button primary"
              data-testid="verify-same"
              onClick={() => mark("same")}
            >
              {t("verify.same")}
            </button>
            <button
              type="button"
              class="button"
              data-testid="verify-different"
              onClick={() => mark("differ")}
            >
              {t("verify.differ")}
            </button>
            <button type="button" class="button quiet" onClick={() => setWords(undefined)}>
              {t("verify.notNow")}
            </button>
          </div>
        </>
      ) : (
        state === "open" && (
          <div class="column">
            <button
              type="button"
              class="button"
              data-testid={differ ? "compare-again" : "verify"}
              onClick={show}
            >
              {t(differ ? "verify.again" : verified ? "verify.showAgain" : "verify.show")}
            </button>
            {(verified || differ) && (
              <button
                type="button"
                class="button quiet"
                data-testid="verify-undo"
                onClick={() => mark("")}
              >
                {t("verify.undo")}
              </button>
            )}
          </div>
        )
      )}
      <ErrorNote text={error} />
    </section>
  );
}
