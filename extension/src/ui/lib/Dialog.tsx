import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "./catalogue";
import { errorText } from "./errors";

interface Props {
  title: string;
  /** The words of the button that does it. */
  confirm: string;
  /** Whether something is lost by it. */
  danger?: boolean;
  /** Whether enough has been said to do it. */
  ready?: boolean;
  /** Does it. If it rejects, the dialog stays and says why. */
  onConfirm: () => void | Promise<void>;
  /** Done or cancelled. */
  onClose: () => void;
  children: ComponentChildren;
}

/**
 * Asks before something is done. The focus goes to the way out and, at the
 * end, back to where it was.
 */
export function ConfirmDialog(props: Props) {
  const { title, confirm, danger, ready = true, onConfirm, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    cancel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const act = async () => {
    setBusy(true);
    setError("");
    try {
      await onConfirm();
      onClose();
    } catch (reason) {
      setError(errorText(reason));
      setBusy(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id={titleId}>{title}</h2>
      <div class="dialog-words">{children}</div>
      {error && (
        <p class="field-error" role="alert" data-testid="error">
          {error}
        </p>
      )}
      <div class="dialog-choices">
        <button type="button" ref={cancel} class="button" data-testid="cancel" onClick={onClose}>
          {t("dialog.cancel")}
        </button>
        <button
          type="button"
          class={`button primary${danger ? " danger" : ""}`}
          data-testid="confirm"
          disabled={busy || !ready}
          onClick={() => void act()}
        >
          {confirm}
        </button>
      </div>
    </dialog>
  );
}
