import { useEffect, useId, useState } from "preact/hooks";
import { platform } from "../../platform";
import { CopyButton } from "../lib/CopyButton";
import { Field } from "../lib/Field";
import { GiveBack } from "../lib/GiveBack";
import { ErrorNote, Notice } from "../lib/Notice";
import { petmailLivesHere } from "./here";
import { t } from "./texts";
import "./landing.css";

interface Props {
  /** The invite link that brought the person here. */
  link: string | undefined;
  /** What stood in the address is no whole link. */
  broken: boolean;
  /** The secret stood where browsers send it to this site. */
  seen: boolean;
  /** Shows the app in this same document. */
  onOpen: (link: string) => Promise<void>;
}

/** What somebody sees who has clicked an invite link. */
export function Landing({ link, broken, seen, onOpen }: Props) {
  return (
    <>
      <div class="air" aria-hidden="true" />
      <main class="landing" id="main">
        {link ? (
          <Invitation link={link} seen={seen} onOpen={onOpen} />
        ) : (
          <NoInvitation broken={broken} />
        )}
      </main>
    </>
  );
}

type Choice = "" | "add" | "have";

function Invitation({ link, seen, onOpen }: Pick<Props, "seen" | "onOpen"> & { link: string }) {
  const [choice, setChoice] = useState<Choice>("");
  const [opening, setOpening] = useState(false);
  const [failed, setFailed] = useState(false);
  const [livesHere, setLivesHere] = useState(false);
  const addId = useId();
  const haveId = useId();

  useEffect(() => {
    let current = true;
    void petmailLivesHere().then((lives) => current && setLivesHere(lives));
    return () => {
      current = false;
    };
  }, []);

  return (
    <article class="letter">
      <h1>{t("landing.title")}</h1>
      <p class="lead">{t("landing.words")}</p>
      {livesHere && <Notice icon="letter">{t("landing.livesHere")}</Notice>}
      {seen && (
        <Notice icon="warning" tone="warn" role="alert" testid="landing-seen">
          {t("landing.seen")}
        </Notice>
      )}
      <ErrorNote text={failed ? t("landing.openFailed") : ""} />
      {failed && <GiveBack />}
      <div class="column">
        <button
          type="button"
          class="button primary wide"
          data-testid="open-here"
          aria-disabled={opening}
          onClick={() => {
            if (opening) return;
            setOpening(true);
            setFailed(false);
            onOpen(link).catch(() => {
              setFailed(true);
              setOpening(false);
            });
          }}
        >
          {opening ? t("landing.opening") : t("landing.open")}
        </button>
        <button
          type="button"
          class="button wide"
          data-testid="add-extension"
          aria-expanded={choice === "add"}
          aria-controls={addId}
          onClick={() => setChoice(choice === "add" ? "" : "add")}
        >
          {t("landing.add")}
        </button>
        <div id={addId} class="unfolded" hidden={choice !== "add"}>
          <AddToBrowser link={link} />
        </div>
        <button
          type="button"
          class="button quiet wide"
          data-testid="have-it"
          aria-expanded={choice === "have"}
          aria-controls={haveId}
          onClick={() => setChoice(choice === "have" ? "" : "have")}
        >
          {t("landing.have")}
        </button>
        <div id={haveId} class="unfolded" hidden={choice !== "have"}>
          {choice === "have" && <HaveIt link={link} />}
        </div>
      </div>
      <div class="trust">
        <p>{t("landing.trustKey")}</p>
        <p>{t("landing.trustSite")}</p>
      </div>
    </article>
  );
}

function AddToBrowser({ link }: { link: string }) {
  const { chromium, firefox } = platform.extensionDownloads();
  return (
    <>
      <p>{t("landing.addWords")}</p>
      <section>
        <h2>{t("landing.addChromium")}</h2>
        <ol>
          <li>
            {t("landing.addChromium1")}{" "}
            <a href={chromium} download data-testid="download-chromium">
              {t("landing.download")}
            </a>
          </li>
          <li>{t("landing.addChromium2")}</li>
          <li>{t("landing.addChromium3")}</li>
        </ol>
      </section>
      <section>
        <h2>{t("landing.addFirefox")}</h2>
        <ol>
          <li>
            {t("landing.addFirefox1")}{" "}
            <a href={firefox} download data-testid="download-firefox">
              {t("landing.download")}
            </a>
          </li>
          <li>{t("landing.addFirefox2")}</li>
          <li>{t("landing.addFirefox3")}</li>
        </ol>
      </section>
      <p>{t("landing.addThen")}</p>
      <div class="column">
        <CopyButton text={link} label={t("landing.copy")} testid="landing-copy" />
      </div>
    </>
  );
}

function HaveIt({ link }: { link: string }) {
  return (
    <>
      <a
        class="button wide"
        href={platform.handoverLink(link)}
        rel="noreferrer"
        data-testid="handover"
      >
        {t("landing.haveOpen")}
      </a>
      <p>{t("landing.haveWords")}</p>
      <Field label={t("landing.linkLabel")} heard>
        {(named) => (
          <input
            {...named}
            class="link-field"
            autocomplete="off"
            readOnly
            dir="ltr"
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </Field>
      <div class="column">
        <CopyButton text={link} label={t("landing.copy")} testid="landing-copy" />
      </div>
    </>
  );
}

function NoInvitation({ broken }: { broken: boolean }) {
  return (
    <article class="letter">
      <h1>{t(broken ? "landing.brokenTitle" : "landing.emptyTitle")}</h1>
      {broken ? (
        <p class="lead" role="alert" data-testid="error">
          {t("landing.brokenWords")}
        </p>
      ) : (
        <p class="lead">{t("landing.emptyWords")}</p>
      )}
      <a class="button wide" href="/">
        {t("landing.toApp")}
      </a>
    </article>
  );
}
