import type { ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  children: ReactNode;
  action: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what cannot be undone. */
export function Confirm({ title, children, action, busy = false, onConfirm, onClose }: Props) {
  return (
    <Dialog label={title} onClose={onClose} className="w-[min(26rem,calc(100vw-2rem))]">
      <div className="animate-[rise_160ms_var(--ease-out)] rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">{title}</h2>
        <div className="mt-2 text-soft">{children}</div>
        <div className="mt-6 flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={busy} onClick={onConfirm}>{action}</Button>
        </div>
      </div>
    </Dialog>
  );
}
