/**
 * Whether Petmail was used in this browser before. It registers its service
 * worker once it is set up; to ask the agent would create one.
 */
export async function petmailLivesHere(): Promise<boolean> {
  try {
    return (await navigator.serviceWorker?.getRegistration("/")) !== undefined;
  } catch {
    return false; // the browser keeps nothing for this site
  }
}
