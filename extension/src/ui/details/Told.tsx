import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { errorText } from "../lib/errors";
import { Icon } from "../lib/Icon";
import { ErrorNote } from "../lib/Notice";
import { likeness } from "../lib/names";
import type { About, Places } from "../lib/slice";
import { safeLine } from "../lib/text";
import { t } from "./texts";

/**
 * What there is to tell of who this is, at the head of the conversation:
 * warnings, which stay until words were compared, and what they say of
 * themselves since, which stays until it was answered.
 */
export function Told({ client, conversation, name, onDetails }: Places["told"]) {
  const { keyAlarm, differ, relayAlarm, renamed, relayWas } = conversation;
  return (
    <>
      {differ && (
        <Warning testid="differs" text={t("who.differ", { name })} onCompare={onDetails} />
      )}
      {keyAlarm && <Warning text={t("who.keyAlarm", { name })} onCompare={onDetails} />}
      {relayAlarm && (
        <Warning testid="relay-alarm" text={t("who.relayAlarm", { name })} onCompare={onDetails} />
      )}
      {renamed && <Renamed client={client} conversation={conversation} name={name} />}
      {relayWas && <Moved client={client} conversation={conversation} name={name} />}
    </>
  );
}

function Warning(props: { testid?: string; text: string; onCompare: () => void }) {
  return (
    <div class="talk-alarm" role="alert" data-testid={props.testid}>
      <Icon name="warning" />
      <p>{props.text}</p>
      <button type="button" class="button" onClick={props.onCompare}>
        {t("who.compare")}
      </button>
    </div>
  );
}

function Renamed({ client, conversation, name }: About) {
  const { id, verified, newNameLike, newName: newest = "" } = conversation;
  const answer = (command: "name.use" | "name.decline") => () =>
    client.call(command, { conversation: id, name: newest });
  return (
    <Line
      testid="renamed"
      name={newest}
      answers={[
        { testid: "use-name", label: t("who.useName"), run: answer("name.use") },
        { testid: "keep-name", label: t("who.keepName", { name }), run: answer("name.decline") },
      ]}
    >
      <p>{t("who.renamed", { name, newName: safeLine(newest) })}</p>
      {newNameLike && (
        <p class="talk-like" data-testid="looks-like" data-name={newNameLike}>
          {likeness(newest, newNameLike)}
        </p>
      )}
      {verified && <p>{t("who.renamedVerified", { name })}</p>}
    </Line>
  );
}

function Moved({ client, conversation, name }: About) {
  const { id, relay, relayWas = "" } = conversation;
  return (
    <Line
      testid="relay-moved"
      answers={[
        {
          testid: "relay-noted",
          label: t("who.noted"),
          run: () => client.call("relay.noted", { conversation: id }),
        },
      ]}
    >
      <p>{t("who.moved", { name, relay: host(relay) })}</p>
      <p>{t("who.movedWas", { relay: host(relayWas) })}</p>
    </Line>
  );
}

interface Answer {
  testid: string;
  label: string;
  run: () => Promise<unknown>;
}

/** Something to be read, and what can be answered. */
function Line(props: {
  testid: string;
  name?: string;
  answers: Answer[];
  children: ComponentChildren;
}) {
  const [error, setError] = useState("");
  return (
    <div class="talk-told" role="status" data-testid={props.testid} data-name={props.name}>
      <div class="talk-told-words">{props.children}</div>
      {props.answers.map(({ testid, label, run }) => (
        <button
          key={testid}
          type="button"
          class="button"
          data-testid={testid}
          onClick={() => {
            setError("");
            run().catch((refusal) => setError(errorText(refusal)));
          }}
        >
          {label}
        </button>
      ))}
      <ErrorNote text={error} />
    </div>
  );
}

function host(url: string): string {
  return url.replace(/^https?:\/\//, "");
}
