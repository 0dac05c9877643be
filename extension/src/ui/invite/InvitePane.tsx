import { useEffect, useRef, useState } from "preact/hooks";
import type { Invite } from "../../api";
import { platform } from "../../platform";
import { CopyButton } from "../lib/CopyButton";
import { language } from "../lib/catalogue";
import { ConfirmDialog } from "../lib/Dialog";
import { errorText } from "../lib/errors";
import { ErrorNote } from "../lib/Notice";
import { Place } from "../lib/slice";
import type { State } from "../lib/state";
import { safeLine } from "../lib/text";
import { EnterForm } from "./EnterForm";
import { ForWhom } from "./ForWhom";
import { dismiss, ended, invite as open } from "./invites";
import { Qr } from "./Qr";
import { Status } from "./Status";
import { t } from "./texts";
import "../lib/code.css";
import "./invite.css";

interface Props {
  state: State;
  invite: Invite;
}

/** An invitation: what to say or send, and how it stands. */
export function InvitePane({ state, invite }: Props) {
  return invite.mine ? (
    <MyInvite state={state} invite={invite} />
  ) : (
    <TheirInvite state={state} invite={invite} />
  );
}

function MyInvite({ state, invite }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  const note = safeLine(invite.note);
  const over = ended(invite);
  const [error, setError] = useState("");

  const another = async () => {
    try {
      await open(state, invite.note);
      await dismiss(state, invite.id);
    } catch (reason) {
      setError(errorText(reason));
    }
  };

  useEffect(() => title.current?.focus(), [invite.id]);

  return (
    <article class="letter centered" aria-labelledby="invite-title">
      <h2 id="invite-title" ref={title} tabIndex={-1}>
        {note ? t("invite.titleFor", { name: note }) : t("invite.title")}
      </h2>
      {invite.link && <p class="note">{t(invite.code ? "invite.how" : "invite.howLink")}</p>}
      {invite.code && (
        <div class="code-line">
          <p
            class="code"
            data-testid="invite-code"
            dir="ltr"
            style={{ "--characters": invite.code.length }}
          >
            {invite.code}
          </p>
        </div>
      )}
      {invite.link && (
        <>
          <Qr text={invite.link} />
          <p class="link" data-testid="invite-link" dir="ltr">
            {invite.link}
          </p>
        </>
      )}
      {invite.link && (
        <div class="column">
          <CopyButton
            text={invite.link}
            label={t("invite.copyLink")}
            primary
            testid="invite-copy"
          />
          {platform.canShare() && (
            <button
              type="button"
              class="button"
              data-testid="invite-share"
              onClick={() => void platform.share(shareText(invite.link))}
            >
              {t("invite.share")}
            </button>
          )}
        </div>
      )}
      <Status invite={invite} />
      {!over && <Validity invite={invite} />}
      {!over && <ForWhom state={state} invite={invite} />}
      {!over && <Place at="invited" given={{ state }} />}
      <ErrorNote text={error} />
      {over && (
        <button
          type="button"
          class="button primary wide"
          data-testid="invite-another"
          onClick={() => void another()}
        >
          {t("invite.another")}
        </button>
      )}
      <TakeBack state={state} invite={invite} />
    </article>
  );
}

/** Without the marks that isolate a name: the link is to be clicked elsewhere. */
function shareText(link: string): string {
  return t("invite.shareText", { link }).replace(/[\u2068\u2069]/g, "");
}

function Validity({ invite }: { invite: Invite }) {
  const date = (time: number) =>
    new Date(time).toLocaleString(language.value, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "numeric",
      minute: "2-digit",
    });
  return (
    <p class="note">
      {invite.code && <>{t("invite.validCode", { date: date(invite.codeExpires) })} </>}
      {invite.link && t("invite.validLink", { date: date(invite.linkExpires) })}
    </p>
  );
}

function TheirInvite({ state, invite }: Props) {
  const over = ended(invite);
  return (
    <article class="letter centered" aria-labelledby="invite-title">
      <h2 id="invite-title">{over ? t("enter.title") : t("invite.theirsTitle")}</h2>
      <Status invite={invite} />
      {over && <EnterForm state={state} text="" />}
      <TakeBack state={state} invite={invite} />
    </article>
  );
}

/** The way out of an invitation; asked about while it may still lead somewhere. */
function TakeBack({ state, invite }: Props) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState("");
  if (invite.state === "done") return null;
  if (ended(invite)) {
    const remove = () => dismiss(state, invite.id).catch((reason) => setError(errorText(reason)));
    return (
      <>
        <ErrorNote text={error} />
        <button
          type="button"
          class="button quiet"
          data-testid="invite-dismiss"
          onClick={() => void remove()}
        >
          {t("invite.dismiss")}
        </button>
      </>
    );
  }
  const { mine } = invite;
  return (
    <>
      <button
        type="button"
        class="button quiet"
        data-testid="invite-cancel"
        onClick={() => setAsking(true)}
      >
        {t(mine ? "invite.takeBack" : "invite.leave")}
      </button>
      {asking && (
        <ConfirmDialog
          title={t(mine ? "invite.takeBackTitle" : "invite.leaveTitle")}
          confirm={t(mine ? "invite.takeBackConfirm" : "invite.leaveConfirm")}
          danger
          onConfirm={() => dismiss(state, invite.id)}
          onClose={() => setAsking(false)}
        >
          <p>{t(mine ? "invite.takeBackWords" : "invite.leaveWords")}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
