import { useState } from "react";
import { formatCount, plural } from "../../lib/format";
import { useStore } from "../../lib/store";
import { cx } from "../../lib/cx";
import { Button, IconButton } from "../../ui/Button";
import { headline, inOrder, totals } from "./queue";
import { UploadRow } from "./UploadRow";
import type { Uploader } from "./uploader";

/** More rows than this tell nobody anything. */
const ROWS = 150;

interface Props {
  uploader: Uploader;
  onOpen: (photoId: string) => void;
  onRestore: (photoId: string) => Promise<void>;
}

/** How the uploads are going. There while there is anything to say. */
export function UploadPanel({ uploader, onOpen, onRestore }: Props) {
  const items = useStore(uploader.items);
  const [folded, setFolded] = useState(false);
  const sum = totals(items);
  const finished = sum.finished === sum.files;
  const retryable = items.filter(uploader.canRetry).length;
  const rows = inOrder(items).slice(0, ROWS);
  // Read out when something begins, fails or ends, not with each file.
  const spoken = items.length === 0 ? "" : finished ? `Upload finished: ${headline(sum)}` : `Uploading ${plural(sum.files, "file")}${sum.failed > 0 ? `, ${sum.failed} not added` : ""}`;

  return (
    <>
      <p aria-live="polite" className="sr-only">{spoken}</p>
      {items.length > 0 && (
        <section
          aria-label="Uploads" data-testid="upload-panel"
          className="fixed inset-x-2 bottom-[calc(4.25rem+env(safe-area-inset-bottom))] z-30 animate-[rise_180ms_var(--ease-out)] overflow-hidden rounded-panel border border-line bg-sheet shadow-float md:inset-x-auto md:right-20 md:bottom-5 md:w-96"
        >
          <header className="flex items-center gap-1 py-2 pr-2 pl-4">
            <h2 className="flex-1 font-semibold tabular-nums">{headline(sum)}</h2>
            <IconButton
              icon="down" label={folded ? "Show the files" : "Hide the files"} aria-expanded={!folded}
              className={cx("transition-transform", folded && "rotate-180")} onClick={() => setFolded(!folded)}
            />
            {finished && <IconButton icon="close" label="Close the list of uploads" onClick={() => uploader.clearFinished()} />}
          </header>
          <div
            role="progressbar" aria-label="All uploads" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(sum.part * 100)}
            className="h-1 bg-well"
          >
            <div
              className={cx("h-full origin-left transition-transform duration-300", finished && sum.failed === 0 ? "bg-good" : "bg-film-deep")}
              style={{ transform: `scaleX(${sum.part})` }}
            />
          </div>
          {!folded && (
            <ul className="max-h-[min(22rem,42dvh)] overflow-y-auto overscroll-contain py-1">
              {rows.map((item) => (
                <UploadRow key={item.id} item={item} retryable={uploader.canRetry(item)} uploader={uploader} onOpen={onOpen} onRestore={onRestore} />
              ))}
              {items.length > rows.length && <li className="px-4 py-3 text-small text-faint">and {formatCount(items.length - rows.length)} more</li>}
            </ul>
          )}
          {retryable > 1 && (
            <footer className="border-t border-line p-2 text-right">
              <Button look="quiet" icon="retry" onClick={() => uploader.retryFailed()}>Try {retryable} again</Button>
            </footer>
          )}
        </section>
      )}
    </>
  );
}
