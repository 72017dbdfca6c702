import { useState, type ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

/** Something secret in clear, this once. It closes by its button alone, so that nobody loses it to a stray click. */
export function SecretOnce({ label, title, lead, secret, testId, onClose }: { label: string; title: string; lead: ReactNode; secret: string; testId: string; onClose: () => void }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    // Without https a browser has no clipboard to give.
    const written = (navigator.clipboard as Clipboard | undefined)?.writeText(secret) ?? Promise.reject(new Error("no clipboard"));
    written.then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <Dialog label={label} onClose={() => undefined} className="w-[min(34rem,calc(100vw-2rem))]">
      <div className="animate-[rise_160ms_var(--ease-out)] rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">{title}</h2>
        <p className="mt-2 text-soft">{lead}</p>
        <p data-testid={testId} className="mt-4 rounded-control bg-well p-3 font-mono text-small wrap-anywhere select-all">{secret}</p>
        {copied === false && <p role="alert" className="mt-2 text-small text-soft">Select it and copy it by hand: this browser does not let the page do it.</p>}
        <div className="mt-6 flex justify-end gap-2">
          <Button onClick={copy} data-initial-focus icon={copied ? "check" : "file"}>{copied ? "Copied" : "Copy"}</Button>
          <Button look="film" onClick={onClose}>I have it</Button>
        </div>
      </div>
    </Dialog>
  );
}
