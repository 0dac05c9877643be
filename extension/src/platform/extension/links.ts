// Clicks on invite links of known relays open the extension, before any
// request is made. The rules work where the relay's host is permitted.

/** Rules are few: one for each relay the person has had. */
const maxRules = 20;

/**
 * The rule's pattern: what stands behind "/i", which holds the secret, is its
 * first group. https://host/i/#secret, or what programs make of it:
 * https://host/i/%23secret, https://host/i/?tracker#secret
 */
export function linkPattern(relay: string): string {
  const origin = new URL(relay).origin.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `^${origin}/i([/?#%].*)?$`;
}

/** Has the invite links of a relay open here from now on. */
export function takeOver(relay: string): Promise<void> {
  // One after the other: each builds on the rules that stand.
  const done = last.then(() => addRule(relay));
  last = done.catch(() => undefined);
  return done;
}

/** Forgets all relays but one, and the permissions that were given for them. */
export function forgetLinks(keep: string): Promise<void> {
  const done = last.then(async () => {
    const rules = await chrome.declarativeNetRequest.getDynamicRules();
    const others = rules.filter((rule) => rule.condition.regexFilter !== linkPattern(keep));
    await chrome.declarativeNetRequest.updateDynamicRules({
      removeRuleIds: others.map(({ id }) => id),
    });
    const { origins = [] } = await chrome.permissions.getAll();
    // Firefox would take away what came with the extension, too.
    const own = chrome.runtime.getManifest().host_permissions ?? [];
    for (const origin of origins.filter((origin) => !own.includes(origin))) {
      await chrome.permissions.remove({ origins: [origin] }).catch(() => false);
    }
  });
  last = done.catch(() => undefined);
  return done;
}

let last: Promise<void> = Promise.resolve();

async function addRule(relay: string): Promise<void> {
  const rules = await chrome.declarativeNetRequest.getDynamicRules();
  const regexFilter = linkPattern(relay);
  const target = `${chrome.runtime.getURL("invite.html")}?relay=${encodeURIComponent(new URL(relay).origin)}`;
  const regexSubstitution = `${target}#\\1`;
  const wanted = { action: { redirect: { regexSubstitution } } };
  const current = rules.find((rule) => rule.condition.regexFilter === regexFilter);
  if (current?.action.redirect?.regexSubstitution === regexSubstitution) return;
  const outdated = rules.filter(
    (rule, i) => relayOf(rule) === relayOf(wanted) || i < rules.length - maxRules + 1,
  );
  await chrome.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: outdated.map(({ id }) => id),
    addRules: [
      {
        id: Math.max(0, ...rules.map(({ id }) => id)) + 1,
        action: { type: "redirect", redirect: { regexSubstitution } },
        condition: { regexFilter, resourceTypes: ["main_frame"] },
      },
    ],
  });
}

/** The relay of a rule, also of one that an earlier version made. */
function relayOf(rule: { action: { redirect?: { regexSubstitution?: string } } }): string {
  return /\?relay=([^\\#]*)/.exec(rule.action.redirect?.regexSubstitution ?? "")?.[1] ?? "";
}
