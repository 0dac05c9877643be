// The browser's storage, the same in a web app and an extension.

export async function mayAskToPersist(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: "persistent-storage" });
    return state !== "denied";
  } catch {
    return true; // it does not say
  }
}

export async function estimate(): Promise<{ used: number; quota: number } | undefined> {
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  return usage === undefined || quota === undefined ? undefined : { used: usage, quota };
}
