// The only place that calls the browser's extension and installation APIs.
import { extensionPlatform } from "./extension/platform";
import type { Platform } from "./types";
import { webPlatform } from "./web/platform";

export type { Platform } from "./types";

/** The platform of this build; the code of the others is not in it. */
export const platform: Platform =
  import.meta.env.VITE_TARGET === "web" ? webPlatform() : extensionPlatform();
