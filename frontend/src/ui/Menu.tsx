import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

interface Props {
  label: string;
  button: ReactNode;
  testId?: string;
  children: (close: () => void) => ReactNode;
}

/** A button that opens a small panel below it; Esc, a click elsewhere, or leaving it with Tab closes it. */
export function Menu({ label, button, testId, children }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const elsewhere = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    opener.current?.focus();
  };

  return (
    // The keys belong to the buttons inside; this only hears them pass.
    // eslint-disable-next-line jsx-a11y-x/no-static-element-interactions
    <div
      ref={root} className="relative" onKeyDown={onKeyDown}
      onBlur={(event) => { if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) setOpen(false); }}
    >
      <button
        ref={opener} type="button" aria-label={label} title={label} aria-expanded={open} aria-controls={id} data-testid={testId}
        className="rounded-full" onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div id={id} className="absolute right-0 z-40 mt-2 w-64 animate-[rise_140ms_var(--ease-out)] rounded-panel border border-line bg-sheet p-2 shadow-float">
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
