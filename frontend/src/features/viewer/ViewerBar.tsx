import type { Photo } from "../../api/photos";
import { cx } from "../../lib/cx";
import { IconButton } from "../../ui/Button";

interface Props {
  photo: Photo | undefined;
  when: string;
  hidden: boolean;
  infoShown: boolean;
  onInfo: () => void;
  onClose: () => void;
  onFavorite: () => void;
  onTrash: () => void;
  onDownload: () => void;
}

/** What can be done with the photo. */
export function ViewerBar({ photo, when, hidden, infoShown, onInfo, onClose, onFavorite, onTrash, onDownload }: Props) {
  const favorite = photo?.favorite ?? false;
  return (
    <div
      className={cx(
        "absolute inset-x-0 top-0 flex items-center gap-1 bg-linear-to-b from-black/75 to-transparent px-2 pt-[max(0.5rem,env(safe-area-inset-top))] pb-8 text-white transition-opacity",
        hidden && "pointer-events-none opacity-0 focus-within:pointer-events-auto focus-within:opacity-100",
      )}
    >
      <IconButton icon="back" label="Close (Esc)" className="hover:bg-white/15" onClick={onClose} />
      <p className="min-w-0 flex-1 truncate px-1 text-small font-medium max-sm:invisible">{when}</p>
      <IconButton
        icon="star" filled={favorite} aria-pressed={favorite} label={favorite ? "Remove from favourites (f)" : "Add to favourites (f)"} data-testid="viewer-favorite"
        className={cx("hover:bg-white/15", favorite && "text-film")} disabled={!photo} onClick={onFavorite}
      />
      <IconButton icon="info" label="Details (i)" aria-pressed={infoShown} data-testid="viewer-info" className={cx("hover:bg-white/15", infoShown && "bg-white/20")} onClick={onInfo} />
      <IconButton icon="download" label="Download the original" data-testid="viewer-download" className="hover:bg-white/15" disabled={!photo} onClick={onDownload} />
      <IconButton icon="trash" label="Move to trash (Del)" data-testid="viewer-trash" className="hover:bg-white/15" disabled={!photo} onClick={onTrash} />
    </div>
  );
}
