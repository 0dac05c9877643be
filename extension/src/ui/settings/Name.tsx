import type { AgentClient } from "../../agent/types";
import { NameForm } from "../lib/NameForm";
import { t } from "./texts";

/** The name that people met from now on will see. */
export function Name({ client, name }: { client: AgentClient; name: string }) {
  return (
    <NameForm
      label={t("settings.name")}
      note={t("settings.nameNote")}
      name={name}
      testid="persona-rename"
      button={t("settings.save")}
      saved={t("settings.saved")}
      onSave={async (name) => {
        await client.call("rename", { name });
      }}
    />
  );
}
