/// <reference types="vite/client" />

// Set at build time by manifests/plugin.ts.
interface ImportMetaEnv {
  readonly VITE_TARGET: "web" | "chromium" | "firefox";
  /** The version that pages and the agent show. */
  readonly VITE_VERSION: string;
  /** Extensions: the relay to suggest, "https://host". */
  readonly VITE_DEFAULT_RELAY: string;
}
