import { ChromiumSurface } from "./chromium.ts";
import { WebPerson } from "./person.ts";

/** The same person looking at another tab of the same browser. */
export async function anotherTab(person: WebPerson): Promise<WebPerson> {
  const page = await person.browser.context.newPage();
  await page.goto(person.home);
  return Object.assign(Object.create(WebPerson.prototype), person, {
    page,
    surface: new ChromiumSurface(page),
  });
}
