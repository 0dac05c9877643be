import { useEffect, useRef, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation } from "../../api";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import { Icon } from "../icons";

interface Props {
  client: AgentClient;
  conversation: Conversation;
  name: string;
}

/** The words that two people compare to know that nobody is between them. */
export function Verify({ client, conversation, name }: Props) {
  const { id, verified, keyAlarm, state } = conversation;
  const [words, setWords] = useState<string[]>();
  const [differ, setDiffer] = useState(false);
  const [error, setError] = useState("");
  const list = useRef<HTMLOListElement>(null);

  // The words belong to the keys; when these change, they are others.
  useEffect(() => {
    setWords(undefined);
    setDiffer(false);
  }, [id, keyAlarm]);

  useEffect(() => {
    if (words) list.current?.focus();
  }, [words]);

  const show = async () => {
    setError("");
    setDiffer(false);
    try {
      setWords((await client.call("safety", { conversation: id })).words);
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  const mark = async (as: boolean) => {
    setError("");
    try {
      await client.call("verify", { conversation: id, verified: as });
      setDiffer(!as && words !== undefined);
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
              onClick={() => mark(true)}
            >
              {t("verify.same")}
            </button>
            <button
              type="button"
              class="button"
              data-testid="verify-different"
              onClick={() => mark(false)}
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
            <button type="button" class="button" data-testid="verify" onClick={show}>
              {t(verified ? "verify.showAgain" : "verify.show")}
            </button>
            {verified && (
              <button
                type="button"
                class="button quiet"
                data-testid="verify-undo"
                onClick={() => mark(false)}
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
