import { Store, useStore } from "../lib/store";
import { IconButton } from "./Button";

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void } | undefined;
}

const shown = new Store<Toast[]>([]);
let last = 0;
/** Long enough to read and to reach the button. */
const SHOWN_MS = 7000;

/** A short message at the foot of the page, with at most one thing to do about it. */
export function toast(text: string, action?: Toast["action"]) {
  const id = ++last;
  shown.set([...shown.get().slice(-2), { id, text, action }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

const dismiss = (id: number) => shown.set(shown.get().filter((one) => one.id !== id));

export function Toaster() {
  const toasts = useStore(shown);
  return (
    <div
      role="status" aria-live="polite" data-theme="dark"
      className="pointer-events-none fixed inset-x-0 bottom-[calc(4.75rem+env(safe-area-inset-bottom))] z-50 flex flex-col items-center gap-2 px-4 md:bottom-6"
    >
      {toasts.map(({ id, text, action }) => (
        <div key={id} className="pointer-events-auto flex max-w-full animate-[rise_180ms_var(--ease-out)] items-center gap-1 rounded-control bg-well py-1 pr-1 pl-4 text-ink shadow-float">
          <span className="py-1.5">{text}</span>
          {action && (
            <button
              type="button" className="ml-2 h-9 rounded-[6px] px-3 font-semibold text-film hover:bg-line"
              onClick={() => { action.run(); dismiss(id); }}
            >
              {action.label}
            </button>
          )}
          <IconButton icon="close" label="Dismiss" className="size-9" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
