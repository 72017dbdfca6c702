import { useState } from "react";
import { formatBytes } from "../../lib/format";
import { useStore } from "../../lib/store";
import { cx } from "../../lib/cx";
import { Button, IconButton } from "../../ui/Button";
import type { Chosen } from "./kept";
import { LeftBehind } from "./LeftBehind";
import { formatLeft } from "./pace";
import { reopened } from "./picking";
import { announcement, headline, heldBy, totals } from "./queue";
import { NoRoom } from "./NoRoom";
import { usePace } from "./usePace";
import { UploadList } from "./UploadList";
import type { RowActions } from "./UploadRow";
import type { Unfinished } from "./unfinished";
import type { Uploader } from "./uploader";

interface Props {
  add: (chosen: readonly Chosen[]) => void;
  uploader: Uploader;
  unfinished: Unfinished;
  onOpen: RowActions["onOpen"];
  onRestore: RowActions["onRestore"];
  onChoose: () => void;
}

/** How the uploads are going. There while there is anything to say. */
export function UploadPanel({ add, uploader, unfinished, onOpen, onRestore, onChoose }: Props) {
  const items = useStore(uploader.items);
  const left = useStore(unfinished.left);
  const [folded, setFolded] = useState(false);
  const [actions] = useState<RowActions>({ uploader, onOpen, onRestore });
  const sum = totals(items);
  const seconds = usePace(items);
  const said = subline(sum, seconds);
  const finished = sum.finished === sum.files;
  const retryable = items.filter(uploader.canRetry).length;
  const pausable = sum.files - sum.finished - sum.paused;

  const goOn = async () => {
    const chosen = await reopened(left);
    add(chosen);
    const opened = new Set(chosen.map(({ kept }) => kept?.key));
    unfinished.unopened(left.filter(({ key, handle }) => handle !== null && !opened.has(key)).map(({ key }) => key));
  };

  return (
    <>
      <p aria-live="polite" className="sr-only">{announcement(sum)}</p>
      {(items.length > 0 || left.length > 0) && (
        <section
          aria-label="Uploads" data-testid="upload-panel"
          className="fixed inset-x-2 bottom-[calc(4.25rem+env(safe-area-inset-bottom))] z-30 animate-[rise_180ms_var(--ease-out)] overflow-hidden rounded-panel border border-line bg-sheet shadow-float md:inset-x-auto md:right-20 md:bottom-5 md:w-[26rem]"
        >
          {left.length > 0 && (
            <LeftBehind
              left={left} onChoose={onChoose} onForget={() => void uploader.forget(left)}
              onContinue={() => void goOn()}
            />
          )}
          {items.length > 0 && (
            <>
              <header className={cx("flex items-center gap-1 py-2 pr-2 pl-4", left.length > 0 && "border-t border-line")}>
                <div className="min-w-0 flex-1">
                  <h2 className="font-semibold tabular-nums">{headline(sum)}</h2>
                  {said && <p className="truncate text-small text-soft tabular-nums">{said}</p>}
                </div>
                {!finished && (pausable > 0
                  ? <IconButton icon="pause" label="Pause all" data-testid="pause-all" onClick={() => uploader.pauseAll()} />
                  : <IconButton icon="play" label="Continue all" data-testid="continue-all" onClick={() => uploader.resumeAll()} />)}
                <IconButton
                  icon="down" label={folded ? "Show the files" : "Hide the files"} aria-expanded={!folded}
                  className={cx("transition-transform", folded && "rotate-180")} onClick={() => setFolded(!folded)}
                />
                {finished && <IconButton icon="close" label="Close the list of uploads" onClick={() => uploader.clearFinished()} />}
              </header>
              <div
                role="progressbar" aria-label="All uploads" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(sum.part * 100)}
                className="h-1 bg-well"
              >
                <div
                  className={cx("h-full origin-left transition-transform duration-300", finished && sum.failed === 0 ? "bg-good" : heldBy(sum) ? "bg-faint" : "bg-film-deep")}
                  style={{ transform: `scaleX(${sum.part})` }}
                />
              </div>
              {items.some(({ waitsFor }) => waitsFor === "room") && <NoRoom />}
              {!folded && <UploadList items={items} actions={actions} />}
              {retryable > 1 && (
                <footer className="border-t border-line p-2 text-right">
                  <Button look="quiet" icon="retry" onClick={() => uploader.retryFailed()}>Try {retryable} again</Button>
                </footer>
              )}
            </>
          )}
        </section>
      )}
    </>
  );
}

/** The second line: what is still to come, or what it came to. */
function subline(sum: ReturnType<typeof totals>, seconds: number | null): string {
  if (sum.finished === sum.files) {
    if (sum.done === 0) return "";
    return sum.failed > 0 ? "What was added is verified on storage" : "Verified on storage";
  }
  const held = heldBy(sum);
  const amount = `${formatBytes(sum.sent)} of ${formatBytes(sum.bytes)}`;
  if (held === "offline") return `${amount}. Goes on by itself`;
  return seconds === null || held ? amount : `${amount}, ${formatLeft(seconds)}`;
}
