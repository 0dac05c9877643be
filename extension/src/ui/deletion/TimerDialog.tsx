import { useId, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation } from "../../api";
import { ConfirmDialog } from "../lib/Dialog";
import { lifetime, lifetimes } from "../lib/lifetime";
import { t } from "./texts";

interface Props {
  client: AgentClient;
  conversation: Conversation;
  name: string;
  onClose: () => void;
}

/** Where a person sets how long messages stay, and reads first what that does. */
export function TimerDialog({ client, conversation, name, onClose }: Props) {
  const group = useId();
  const [seconds, setSeconds] = useState(conversation.timer);
  return (
    <ConfirmDialog
      title={t("timer.title")}
      confirm={t("timer.set")}
      onConfirm={async () => {
        await client.call("timer", { conversation: conversation.id, seconds });
      }}
      onClose={onClose}
    >
      <p>{t("timer.explain", { name })}</p>
      <fieldset class="timer-choices" data-testid="timer-choices">
        <legend class="visually-hidden">{t("timer.title")}</legend>
        {lifetimes.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name={group}
              data-testid={`timer-${choice}`}
              checked={choice === seconds}
              onChange={() => setSeconds(choice)}
            />
            {lifetime(choice)}
          </label>
        ))}
      </fieldset>
      <p class="note">{t("delete.promise")}</p>
    </ConfirmDialog>
  );
}
