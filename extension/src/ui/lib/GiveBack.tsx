import { platform } from "../../platform";
import { CopyButton } from "./CopyButton";
import { t } from "./catalogue";
import { Notice } from "./Notice";

/**
 * Gives the invitation back that brought the person here, where they cannot go
 * on with it. Nothing if there is none.
 */
export function GiveBack() {
  const link = platform.keptInvite();
  if (!link) return null;
  return (
    <Notice icon="letter" testid="invite-kept">
      <p>{t("invite.kept")}</p>
      <CopyButton text={link} label={t("invite.copyLink")} testid="landing-copy" />
    </Notice>
  );
}
