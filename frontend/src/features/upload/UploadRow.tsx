import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { photoQuery } from "../../api/photos";
import { formatBytes } from "../../lib/format";
import { cx } from "../../lib/cx";
import { Icon } from "../../ui/Icon";
import { IconButton, Spinner } from "../../ui/Button";
import { canPause, isFinished, wording, type Item, type ItemState } from "./queue";
import type { Uploader } from "./uploader";
import { hasBar, heightOf } from "./windowed";

export interface RowActions {
  uploader: Uploader;
  onOpen: (photoId: string) => void;
  onRestore: (photoId: string) => Promise<void>;
}

interface Props {
  item: Item;
  top: number;
  position: number;
  count: number;
  actions: RowActions;
}

/** One file on its way. */
export const UploadRow = memo(function UploadRow({ item, top, position, count, actions: { uploader, onOpen, onRestore } }: Props) {
  const { id, name, size, state, sent, photoId, trashed } = item;
  const [restoring, setRestoring] = useState(false);
  const failed = state === "failed";
  const part = size > 0 ? Math.min(1, sent / size) : 0;
  const words = wording(item);
  const restore = async () => {
    if (!photoId) return;
    setRestoring(true);
    await onRestore(photoId).then(() => uploader.restored(id), () => undefined);
    setRestoring(false);
  };
  return (
    <li
      data-testid="upload-item" data-state={state} aria-posinset={position} aria-setsize={count}
      className="absolute inset-x-0 flex items-start gap-3 overflow-hidden px-4 py-2" style={{ transform: `translateY(${top}px)`, height: heightOf(item) }}
    >
      <span className={cx("mt-0.5 grid size-9 shrink-0 place-items-center overflow-hidden rounded-[5px]", failed ? "bg-danger-wash text-danger" : "bg-well text-soft")}>
        {photoId && !trashed ? <Thumb photoId={photoId} state={state} /> : <StateIcon state={state} />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex gap-2 text-small">
          <span className="min-w-0 flex-1 truncate font-medium" title={name}>{name}</span>
          <span className="text-faint tabular-nums">{formatBytes(size)}</span>
        </p>
        <p className={cx("line-clamp-3 text-small tabular-nums", failed ? "text-danger" : state === "done" ? "text-good" : "text-soft")} title={words.length > 60 ? words : undefined}>
          {state === "done" && <span aria-hidden="true">✓ </span>}{words}
        </p>
        {hasBar(item) && (
          <div role="progressbar" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(part * 100)} className="mt-1 h-[3px] overflow-hidden rounded-full bg-well">
            <div
              className={cx("h-full origin-left", state === "paused" || state === "offline" ? "bg-faint" : "bg-film-deep", state === "finishing" && "animate-[breathe_1s_infinite]")}
              style={{ transform: `scaleX(${part})` }}
            />
          </div>
        )}
        {trashed && (
          <button type="button" disabled={restoring} className="rounded-[4px] text-small font-semibold underline decoration-film decoration-2 underline-offset-3" onClick={() => void restore()}>
            Take it out of the trash
          </button>
        )}
      </div>
      <span className="-mr-2 flex">
        {uploader.canRetry(item) && <IconButton icon="retry" label={`Try ${name} again`} className="size-9" onClick={() => uploader.resume(id)} />}
        {canPause(item) && <IconButton icon="pause" label={`Pause ${name}`} className="size-9" onClick={() => uploader.pause(id)} />}
        {state === "paused" && <IconButton icon="play" label={`Continue ${name}`} className="size-9" onClick={() => uploader.resume(id)} />}
        {photoId && !trashed && <IconButton icon="photos" label={`Show ${name}`} className="size-9" onClick={() => onOpen(photoId)} />}
        {(failed || !isFinished(item)) && <IconButton icon="close" label={failed ? `Take ${name} off the list` : `Do not upload ${name}`} className="size-9" onClick={() => uploader.remove(id)} />}
      </span>
    </li>
  );
});

/** Asked for when it is seen; until then, and should it not come, the mark does. */
function Thumb({ photoId, state }: { photoId: string; state: ItemState }) {
  const { data: photo } = useQuery(photoQuery(photoId));
  return photo ? <img src={photo.urls.thumb} alt="" decoding="async" className="size-full object-cover" /> : <StateIcon state={state} />;
}

function StateIcon({ state }: { state: ItemState }) {
  switch (state) {
    case "failed": return <Icon name="warning" size={18} />;
    case "done":
    case "duplicate": return <Icon name="check" size={18} />;
    case "waiting": return <Icon name="file" size={18} />;
    case "paused": return <Icon name="pause" size={18} />;
    case "offline": return <Icon name="offline" size={18} />;
    default: return <Spinner size={16} />;
  }
}
