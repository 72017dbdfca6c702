import { useEffect, useRef, type ReactNode } from "react";
import { cx } from "../lib/cx";

interface Props {
  label: string;
  onClose: () => void;
  className?: string;
  children: ReactNode;
  /** Dark whatever the theme, for what shows a photo. */
  dark?: boolean;
  testId?: string;
}

/**
 * A modal: the browser's own `<dialog>`, which keeps the focus inside, makes the rest inert and gives the focus back.
 * It needs no inserted style sheet, which the Content-Security-Policy would refuse.
 */
export function Dialog({ label, onClose, className, children, dark = false, testId }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (!element.open) element.showModal();
    element.querySelector<HTMLElement>("[data-initial-focus]")?.focus();
    return () => element.close();
  }, []);
  return (
    // Keyboard users close it with Esc, which the browser turns into "cancel".
    // eslint-disable-next-line jsx-a11y-x/no-noninteractive-element-interactions, jsx-a11y-x/click-events-have-key-events
    <dialog
      ref={dialog} aria-label={label} data-theme={dark ? "dark" : undefined} data-testid={testId}
      className={cx("m-auto max-h-none max-w-none bg-transparent p-0", className)}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onClick={(event) => { if (event.target === dialog.current) onClose(); }}
    >
      {children}
    </dialog>
  );
}
