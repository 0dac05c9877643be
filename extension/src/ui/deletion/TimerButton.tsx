import { useCallback, useState } from "preact/hooks";
import { Icon } from "../lib/Icon";
import { lifetime } from "../lib/lifetime";
import type { About } from "../lib/slice";
import { TimerDialog } from "./TimerDialog";
import { t } from "./texts";

/** At the head of a conversation: how long its messages stay, and the way to set that. */
export function TimerButton({ client, conversation, name }: About) {
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const { state, timer } = conversation;
  if (state === "failed") return null;
  const label = t("timer.button", { time: lifetime(timer) });
  return (
    <>
      <button
        type="button"
        class={timer > 0 ? "button quiet timer-on" : "icon-button"}
        data-testid="timer"
        data-seconds={timer}
        aria-haspopup="dialog"
        aria-label={label}
        title={label}
        onClick={() => setAsking(true)}
      >
        <Icon name="clock" />
        {timer > 0 && lifetime(timer)}
      </button>
      {asking && (
        <TimerDialog client={client} conversation={conversation} name={name} onClose={close} />
      )}
    </>
  );
}
