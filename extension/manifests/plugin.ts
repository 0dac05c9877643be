// The Vite plugin that makes of the pages a web app or an extension: values
// known at build time, background scripts, manifests, service worker.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { HtmlTagDescriptor, Plugin } from "vite";
import { misplacedTexts } from "./texts.ts";

export type Target = "web" | "chromium" | "firefox";

const here = fileURLToPath(new URL(".", import.meta.url));
const extension = join(here, "..");
const platform = join(extension, "src/platform");

/** Scripts of an extension that its manifest or a bare page names. */
const scripts: Record<Target, Record<string, string>> = {
  web: {},
  chromium: {
    background: join(platform, "extension/chromium-background.ts"),
    invite: join(platform, "extension/invite.ts"),
    offscreen: join(platform, "extension/offscreen.ts"),
  },
  firefox: {
    background: join(platform, "extension/firefox-background.ts"),
    invite: join(platform, "extension/invite.ts"),
  },
};

/**
 * The policy of an extension's pages. Relays are anywhere, so connections are
 * to any; nothing else comes from outside.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' https: wss: http://localhost:* ws://localhost:* http://127.0.0.1:* ws://127.0.0.1:*",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Makes the build that of target. VITE_DEFAULT_RELAY names the default relay. */
export function petmail(target: Target): Plugin {
  const { version } = readJSON(join(extension, "package.json")) as { version: string };
  const defaultRelay = new URL(process.env.VITE_DEFAULT_RELAY || "http://localhost:8787").origin;
  const named = scripts[target];
  let out = "";
  return {
    name: "petmail",
    config: () => ({
      define: {
        "import.meta.env.VITE_TARGET": JSON.stringify(target),
        "import.meta.env.VITE_VERSION": JSON.stringify(version),
        "import.meta.env.VITE_DEFAULT_RELAY": JSON.stringify(defaultRelay),
      },
    }),
    configResolved: (config) => {
      out = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith(sep)) out = config.build.outDir;
    },
    options: (options) => {
      const input = options.input;
      if (Object.keys(named).length === 0) return options;
      if (typeof input === "string" || Array.isArray(input)) {
        throw new Error("petmail: build.rollupOptions.input must be an object");
      }
      return { ...options, input: { ...input, ...named } };
    },
    outputOptions: (options) => {
      const others = options.entryFileNames ?? "assets/[name]-[hash].js";
      return {
        ...options,
        entryFileNames: (chunk) => {
          if (chunk.name in named) return "[name].js";
          return typeof others === "function" ? others(chunk) : others;
        },
      };
    },
    transformIndexHtml: () => (target === "web" ? misplaced() : []),
    // Preact's one way to make markup of text, which we never use, makes text
    // of it: a mistake could not become a hole.
    transform: (code, id) => {
      if (!/\/node_modules\/preact\/dist\//.test(id)) return null;
      const safe = code.replace(/\.innerHTML\s*=(?!=)/g, ".textContent=");
      return safe === code ? null : { code: safe, map: null };
    },
    writeBundle: () => {
      cpSync(join(extension, "icons"), join(out, "icons"), {
        recursive: true,
        filter: (path) => !path.endsWith(".svg") && !path.endsWith(".mjs"),
      });
      if (target === "web") {
        cpSync(join(here, "app.webmanifest"), join(out, "app.webmanifest"));
        writeFileSync(join(out, "sw.js"), serviceWorker(out));
        return;
      }
      for (const name of Object.keys(named)) {
        if (name !== "background") writeFileSync(join(out, `${name}.html`), barePage(name));
      }
      writeFileSync(
        join(out, "manifest.json"),
        `${JSON.stringify(manifest(target, version, defaultRelay), null, 2)}\n`,
      );
    },
  };
}

/**
 * What a page of the web app says where not even its scripts and its style
 * sheet, which hides it, are found: a relay stands under a path of another
 * host. It has to lie in the page, in every language.
 */
export function misplaced(): HtmlTagDescriptor[] {
  return Object.entries(misplacedTexts).map(([lang, children]) => ({
    tag: "p",
    attrs: { class: "misplaced", lang },
    children,
    injectTo: "body",
  }));
}

/** The manifest of an extension, with the default relay as the only host it may see. */
export function manifest(target: Target, version: string, defaultRelay: string): object {
  const { protocol, hostname } = new URL(defaultRelay);
  const host = `${protocol}//${hostname}/*`; // a port cannot be named in Firefox
  const fixed = readJSON(join(here, `${target}.json`)) as { optional_host_permissions: string[] };
  return {
    ...fixed,
    version,
    host_permissions: [host],
    optional_host_permissions: fixed.optional_host_permissions.filter((other) => other !== host),
    content_security_policy: { extension_pages: policy },
  };
}

/** A page of a script alone. */
function barePage(name: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Petmail</title>
<script type="module" src="/${name}.js"></script>
</html>
`;
}

/** The service worker, with the list of what it keeps. */
function serviceWorker(out: string): string {
  const source = readFileSync(join(platform, "web/sw.js"), "utf8");
  const hash = createHash("sha256").update(source);
  const files: string[] = [];
  for (const path of list(out)) {
    const name = relative(out, path).split(sep).join("/");
    if (name === "sw.js" || name.endsWith(".map")) continue;
    hash.update(`${name}\0`).update(createHash("sha256").update(readFileSync(path)).digest());
    files.push(`/${name.replace(/(^|\/)index\.html$/, "$1")}`);
  }
  const version = hash.digest("hex").slice(0, 16);
  return `const version = ${JSON.stringify(version)};\nconst files = ${JSON.stringify(files)};\n${source}`;
}

function list(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? list(path) : [path];
    })
    .sort();
}

function readJSON(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
