import { parseSync } from "vite";
import { describe, expect, it } from "vitest";

/** Attributes that a person reads or hears. */
const read = new Set([
  "alt",
  "aria-description",
  "aria-label",
  "aria-placeholder",
  "aria-roledescription",
  "aria-valuetext",
  "cancel",
  "confirm",
  "heading",
  "hint",
  "label",
  "note",
  "placeholder",
  "title",
]);

/** What is the same in every language. */
const names = new Set(["Petmail"]);

interface Node {
  type: string;
  [field: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, visit);
  } else if (isNode(value)) {
    visit(value);
    for (const field of Object.values(value)) walk(field, visit);
  }
}

/** The texts that an expression can come to and that stand in it, as far as they are plain. */
function plain(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(plain);
  if (!isNode(value)) return [];
  switch (value.type) {
    case "Literal":
      return typeof value.value === "string" ? [value.value] : [];
    case "TemplateElement":
      return [(value.value as { cooked: string }).cooked];
    case "TemplateLiteral":
      return [...plain(value.quasis), ...plain(value.expressions)];
    case "ConditionalExpression":
      return [...plain(value.consequent), ...plain(value.alternate)];
    case "LogicalExpression":
    case "BinaryExpression":
      return value.operator === "===" || value.operator === "!=="
        ? []
        : [...plain(value.left), ...plain(value.right)];
    case "JSXExpressionContainer":
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
      return plain(value.expression);
    default:
      return [];
  }
}

/** Words in a source that a person would read, and that are not from the catalogue. */
function wordsIn(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  expect(errors, file).toEqual([]);
  const found: string[] = [];
  walk(program, (node) => {
    if (node.type === "JSXText") found.push(String(node.value));
    if (node.type === "JSXElement" || node.type === "JSXFragment") {
      const children = node.children as Node[];
      found.push(
        ...children.filter((child) => child.type === "JSXExpressionContainer").flatMap(plain),
      );
    }
    if (node.type === "JSXAttribute" && isNode(node.name) && read.has(String(node.name.name))) {
      found.push(...plain(node.value));
    }
    if (node.type === "AssignmentExpression" && isNode(node.left) && isNode(node.left.property)) {
      const to = String(node.left.property.name);
      if (/^(title|textContent|innerText|ariaLabel|placeholder)$/.test(to))
        found.push(...plain(node.right));
    }
  });
  return found.map((text) => text.trim()).filter((text) => /\p{L}/u.test(text) && !names.has(text));
}

const sources = import.meta.glob<string>(
  ["../../src/ui/**/*.{ts,tsx}", "../../src/pages/**/*.{ts,tsx}"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

const documents = import.meta.glob<string>("../../src/pages/**/*.html", {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("what a person reads comes from the catalogue", () => {
  it("finds words that do not", () => {
    const planted = `const x = (p: {n: number}) => (
      <p title="Hi" data-x="fine" class="fine">Hello {p.n > 1 ? "many" : \`one \${p.n}\`} · {t("fine")} Petmail
        <b aria-label={p.n ? "yes" : t("fine")}>{" "}</b>{p.n === "fine" && <i/>}</p>); document.title = "Bad";`;
    expect(wordsIn("planted.tsx", planted).map((text) => text.split(/\s/)[0])).toEqual(
      expect.arrayContaining(["Hi", "Hello", "many", "one", "yes", "Bad"]),
    );
    expect(wordsIn("planted.tsx", planted).join()).not.toContain("fine");
  });

  const components = Object.keys(sources);
  it("looks at all pages", () => expect(components.length).toBeGreaterThan(40));
  it.each(components)("%s", (file) => expect(wordsIn(file, sources[file] ?? "")).toEqual([]));

  it.each(Object.keys(documents))("%s", (file) => {
    const body = /<body[^>]*>([\s\S]*)<\/body>/.exec(documents[file] ?? "")?.[1] ?? "";
    expect(
      body
        .replace(/<noscript>[\s\S]*<\/noscript>/, "")
        .replace(/<[^>]+>/g, "")
        .trim(),
    ).toBe("");
  });
});
