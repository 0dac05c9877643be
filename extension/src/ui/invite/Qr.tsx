import { generate } from "lean-qr";
import { useMemo } from "preact/hooks";
import { t } from "./texts";

/** The empty border that readers need, in modules. */
const QUIET = 4;

/** A QR code: dark on light in both schemes, as readers expect. */
export function Qr({ text }: { text: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <svg
      class="qr"
      data-testid="invite-qr"
      role="img"
      aria-label={t("invite.qr")}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}

function draw(text: string): { size: number; path: string } {
  const code = generate(text);
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }
  }
  return { size: code.size + 2 * QUIET, path };
}
