import { t } from "./catalogue";
import { pieces, safeText, visible } from "./text";

/** A text of anybody: plain, its direction kept to itself, plain web links to click. */
export function Text({ text }: { text: string }) {
  if (!visible(text)) {
    return (
      <i class="text unknown" data-testid="message-text">
        {t("conversation.blank")}
      </i>
    );
  }
  return (
    <bdi class="text" data-testid="message-text" dir="auto">
      {pieces(safeText(text)).map((piece, i) =>
        piece.href ? (
          <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}
