import { expect, test } from "vitest";
import { manifest, misplaced } from "../../manifests/plugin";
import { languages } from "../../src/ui/lib/catalogue";

interface Manifest {
  version: string;
  permissions: string[];
  optional_permissions: string[];
  host_permissions: string[];
  optional_host_permissions: string[];
  content_security_policy: { extension_pages: string };
  web_accessible_resources: { resources: string[] }[];
}

const of = (target: "chromium" | "firefox", relay: string) =>
  manifest(target, "1.2.3", relay) as Manifest;

test("permissions are the least that work", () => {
  expect(of("chromium", "https://relay.example").permissions).toEqual([
    "declarativeNetRequestWithHostAccess",
    "offscreen",
  ]);
  expect(of("firefox", "https://relay.example").permissions).toEqual([
    "declarativeNetRequestWithHostAccess",
  ]);
  for (const target of ["chromium", "firefox"] as const) {
    const made = of(target, "https://relay.example:8443");
    expect(made.version).toBe("1.2.3");
    expect(made.optional_permissions).toEqual(["notifications"]);
    expect(made.host_permissions).toEqual(["https://relay.example/*"]);
    expect(made.optional_host_permissions).toContain("https://*/*");
    expect(made.web_accessible_resources.map(({ resources }) => resources)).toEqual([
      ["invite.html"],
    ]);
  }
});

test("a host is not both required and optional", () => {
  const made = of("chromium", "http://localhost:8787");
  expect(made.host_permissions).toEqual(["http://localhost/*"]);
  expect(made.optional_host_permissions).toEqual(["https://*/*", "http://127.0.0.1/*"]);
});

test("pages load nothing from elsewhere and run no text", () => {
  const policy = of("firefox", "https://relay.example").content_security_policy.extension_pages;
  const directives = new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources] as const;
    }),
  );
  expect(directives.get("default-src")).toEqual(["'none'"]);
  expect(directives.get("script-src")).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(directives.get("style-src")).toEqual(["'self'"]);
  expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
  expect(policy).not.toMatch(/'unsafe-(inline|eval)'/);
});

test("pages whose files are not found say so in every language of the catalogue", () => {
  expect(misplaced().map(({ attrs }) => attrs?.lang)).toEqual(Object.keys(languages));
  for (const { children } of misplaced()) expect(children).toMatch(/^[^<&]+$/); // it is put in as it is
});
