import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { petmail, type Target } from "./manifests/plugin.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages of each target, by the folder their HTML lies in. */
const pages: Record<Target, { root: string; input: Record<string, string> }> = {
  web: {
    root: at("src/pages/web"),
    input: {
      app: at("src/pages/web/index.html"),
      landing: at("src/pages/web/i/index.html"),
    },
  },
  chromium: extensionPages(),
  firefox: extensionPages(),
};

function extensionPages() {
  return {
    root: at("src/pages/extension"),
    input: {
      app: at("src/pages/extension/app.html"),
      popup: at("src/pages/extension/popup.html"),
    },
  };
}

/** One build for each target: `vite build --mode web|chromium|firefox`. */
export default defineConfig(({ mode }) => {
  if (!(mode in pages)) throw new Error(`--mode must be one of ${Object.keys(pages).join(", ")}`);
  const target = mode as Target;
  const { root, input } = pages[target];
  return {
    root,
    publicDir: false,
    plugins: [petmail(target)],
    worker: { format: "es" as const },
    build: {
      target: "es2022",
      outDir: at(`../dist/${target}`),
      emptyOutDir: true,
      assetsInlineLimit: 0, // the policy allows no data: in styles and scripts
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rollupOptions: { input },
    },
  };
});
