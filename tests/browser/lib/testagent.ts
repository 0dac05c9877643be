import type { BrowserContext } from "@playwright/test";
import { built } from "./paths.ts";

/**
 * Has a browser load the agent's test build, which can be told to panic and to
 * report its memory, instead of the one that the relay serves. The service
 * worker must be blocked, since it would serve the other.
 */
export async function testAgent(context: BrowserContext): Promise<void> {
  await context.route(/\/petmail[^/]*\.wasm$/, (route) =>
    route.fulfill({ path: built.testWasm, contentType: "application/wasm" }),
  );
}
