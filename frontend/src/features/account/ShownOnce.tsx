import { useState } from "react";
import type { CreatedApiKey } from "../../api/apiKeys";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

/** The key in clear. It closes by its button alone, so that nobody loses the key to a stray click. */
export function ShownOnce({ created, onClose }: { created: CreatedApiKey; onClose: () => void }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    // Without https a browser has no clipboard to give.
    const written = (navigator.clipboard as Clipboard | undefined)?.writeText(created.key) ?? Promise.reject(new Error("no clipboard"));
    written.then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <Dialog label="Your new API key" onClose={() => undefined} className="w-[min(34rem,calc(100vw-2rem))]">
      <div className="animate-[rise_160ms_var(--ease-out)] rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">Copy your key now</h2>
        <p className="mt-2 text-soft">Photure does not keep it: it cannot be shown again. Whoever has it can do what it allows.</p>
        <p data-testid="api-key" className="mt-4 rounded-control bg-well p-3 font-mono text-small wrap-anywhere select-all">{created.key}</p>
        {copied === false && <p role="alert" className="mt-2 text-small text-soft">Select the key and copy it by hand: this browser does not let the page do it.</p>}
        <div className="mt-6 flex justify-end gap-2">
          <Button onClick={copy} data-initial-focus icon={copied ? "check" : "file"}>{copied ? "Copied" : "Copy"}</Button>
          <Button look="film" onClick={onClose}>I have it</Button>
        </div>
      </div>
    </Dialog>
  );
}
