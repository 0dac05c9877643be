import { useCallback, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Aside as Waiting } from "../../api";
import { language } from "../lib/catalogue";
import { Icon } from "../lib/Icon";
import { asideUntil } from "../lib/time";
import { t } from "./texts";

interface Props {
  client: AgentClient;
  conversation: string;
  aside: Waiting;
}

/** At the head of a conversation that is set aside: what that means, and what to do. */
export function Aside({ client, conversation, aside }: Props) {
  const [asked, setAsked] = useState(false);
  const retry = useCallback(() => {
    setAsked(true);
    client
      .call("aside.retry", { conversation })
      .catch(() => undefined) // what follows is told by an event
      .finally(() => setAsked(false));
  }, [client, conversation]);
  const time = asideUntil(aside.next, Date.now(), language.value);
  return (
    <div class="talk-alarm" role="alert" data-testid="aside" data-next={aside.next}>
      <Icon name="warning" />
      <p>{t("conversation.aside", { time })}</p>
      <button
        type="button"
        class="button"
        data-testid="aside-retry"
        disabled={asked}
        onClick={retry}
      >
        {t("conversation.asideRetry")}
      </button>
    </div>
  );
}
