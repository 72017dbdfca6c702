import type { Photo } from "../../api/photos";
import { formatAgo, formatShortDate } from "../../lib/format";
import { placeholder } from "../../lib/placeholder";
import { Button, IconButton } from "../../ui/Button";

interface Props {
  photo: Photo;
  busy: boolean;
  onRestore: () => void;
  /** Null for whoever may not. */
  onPurge: (() => void) | null;
}

export function TrashItem({ photo, busy, onRestore, onPurge }: Props) {
  const { thumbhash, urls, filename, taken_at_local: taken, trashed_at: trashed } = photo;
  return (
    <li data-testid="trash-item" data-photo-id={photo.id}>
      <div className="aspect-square overflow-hidden rounded-tile bg-well bg-cover bg-center" style={{ backgroundImage: `url("${placeholder(thumbhash)}")` }}>
        <img src={urls.thumb} alt={photo.title ?? filename} loading="lazy" decoding="async" className="size-full object-cover" />
      </div>
      <p className="mt-1.5 text-small font-medium tabular-nums">{formatShortDate(taken)}</p>
      {trashed && <p className="text-small text-faint">Thrown away {formatAgo(trashed, new Date())}</p>}
      <div className="mt-1.5 flex gap-1">
        <Button icon="restore" busy={busy} data-testid="trash-restore" className="h-9 flex-1 px-2 text-small" onClick={onRestore}>Restore</Button>
        {onPurge && <IconButton icon="trash" label={`Delete ${filename} for good`} className="size-9 rounded-control text-danger" onClick={onPurge} />}
      </div>
    </li>
  );
}
