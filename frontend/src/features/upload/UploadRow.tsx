import { memo, useState } from "react";
import { formatBytes } from "../../lib/format";
import { cx } from "../../lib/cx";
import { Icon } from "../../ui/Icon";
import { IconButton, Spinner } from "../../ui/Button";
import { isFinished, type Item, type ItemState } from "./queue";
import type { Uploader } from "./uploader";

const words: Record<ItemState, string> = {
  queued: "Waiting",
  hashing: "Checking whether it is here already",
  uploading: "Uploading",
  processing: "Developing",
  done: "Added",
  duplicate: "Already here",
  failed: "Not added",
};

interface Props {
  item: Item;
  retryable: boolean;
  uploader: Uploader;
  onOpen: (photoId: string) => void;
  onRestore: (photoId: string) => Promise<void>;
}

/** One file on its way. */
export const UploadRow = memo(function UploadRow({ item, retryable, uploader, onOpen, onRestore }: Props) {
  const { id, name, size, state, sent, note, photoId, thumb, trashed } = item;
  const [restoring, setRestoring] = useState(false);
  const failed = state === "failed";
  const part = state === "processing" ? 1 : size > 0 ? sent / size : 0;
  const restore = async () => {
    if (!photoId) return;
    setRestoring(true);
    await onRestore(photoId).then(() => uploader.restored(id), () => undefined);
    setRestoring(false);
  };
  return (
    <li data-testid="upload-item" data-state={state} className="flex items-start gap-3 px-4 py-2">
      <span className={cx("mt-0.5 grid size-9 shrink-0 place-items-center overflow-hidden rounded-[5px]", failed ? "bg-danger-wash text-danger" : "bg-well text-soft")}>
        {thumb ? <img src={thumb} alt="" className="size-full object-cover" /> : <StateIcon state={state} />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex gap-2 text-small">
          <span className="min-w-0 flex-1 truncate font-medium" title={name}>{name}</span>
          <span className="text-faint tabular-nums">{formatBytes(size)}</span>
        </p>
        <p className={cx("text-small", failed ? "text-danger" : "text-soft")}>{note ?? words[state]}</p>
        {(state === "uploading" || state === "processing") && (
          <div role="progressbar" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} className="mt-1 h-[3px] overflow-hidden rounded-full bg-well">
            <div className={cx("h-full origin-left bg-film-deep", state === "processing" && "animate-[breathe_1s_infinite]")} style={{ transform: `scaleX(${part})` }} />
          </div>
        )}
        {trashed && (
          <button type="button" disabled={restoring} className="mt-0.5 rounded-[4px] text-small font-semibold underline decoration-film decoration-2 underline-offset-3" onClick={() => void restore()}>
            Take it out of the trash
          </button>
        )}
      </div>
      <span className="-mr-2 flex">
        {retryable && <IconButton icon="retry" label={`Try ${name} again`} className="size-9" onClick={() => uploader.retry(id)} />}
        {photoId && !trashed && <IconButton icon="photos" label={`Show ${name}`} className="size-9" onClick={() => onOpen(photoId)} />}
        {(failed || !isFinished(item)) && <IconButton icon="close" label={failed ? `Take ${name} off the list` : `Do not upload ${name}`} className="size-9" onClick={() => uploader.remove(id)} />}
      </span>
    </li>
  );
});

function StateIcon({ state }: { state: ItemState }) {
  if (state === "failed") return <Icon name="warning" size={18} />;
  if (state === "done" || state === "duplicate") return <Icon name="check" size={18} />;
  if (state === "queued") return <Icon name="file" size={18} />;
  return <Spinner size={16} />;
}
