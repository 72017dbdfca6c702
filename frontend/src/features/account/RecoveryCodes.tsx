import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

/** The codes in clear. It closes by its button alone, so that nobody loses them to a stray click. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    // Without https a browser has no clipboard to give.
    const written = (navigator.clipboard as Clipboard | undefined)?.writeText(codes.join("\n")) ?? Promise.reject(new Error("no clipboard"));
    written.then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <Dialog label="Your recovery codes" onClose={() => undefined} className="w-[min(32rem,calc(100vw-2rem))]">
      <div className="max-h-[calc(100dvh-2rem)] animate-[rise_160ms_var(--ease-out)] overflow-y-auto rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">Keep these codes</h2>
        <p className="mt-2 text-soft">
          Each lets you in once when your phone is lost. Without them, and without the phone, only whoever runs this Photure can help. They are
          not shown again.
        </p>
        <ul data-testid="recovery-codes" className="mt-4 grid grid-cols-1 gap-x-6 gap-y-1.5 rounded-control bg-well p-4 font-mono text-small select-all sm:grid-cols-2">
          {codes.map((code) => <li key={code}>{code}</li>)}
        </ul>
        {copied === false && <p role="alert" className="mt-2 text-small text-soft">Select the codes and copy them by hand: this browser does not let the page do it.</p>}
        <div className="mt-6 flex flex-wrap justify-end gap-2">
          <Button onClick={() => print()}>Print</Button>
          <Button onClick={copy} data-initial-focus icon={copied ? "check" : "file"}>{copied ? "Copied" : "Copy"}</Button>
          <Button look="film" onClick={onClose}>I have them</Button>
        </div>
      </div>
    </Dialog>
  );
}
