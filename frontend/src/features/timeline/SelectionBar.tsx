import { plural } from "../../lib/format";
import { IconButton } from "../../ui/Button";

interface Props {
  count: number;
  /** Whether these are the favourites: then the star takes them out. */
  favorite: boolean;
  onClear: () => void;
  onFavorite: () => void;
  onDownload: () => void;
  onTrash: () => void;
}

/** In the place of the top bar while photos are picked. */
export function SelectionBar({ count, favorite, onClear, onFavorite, onDownload, onTrash }: Props) {
  return (
    <div role="toolbar" aria-label="Picked photos" className="fixed inset-x-0 top-0 z-30 flex h-14 items-center gap-1 bg-film px-2 text-on-film md:px-4">
      <IconButton icon="close" label="Let go (Esc)" className="hover:bg-black/10" onClick={onClear} />
      <p role="status" className="flex-1 font-semibold tabular-nums">{plural(count, "photo")}</p>
      <IconButton icon="star" filled={favorite} label={favorite ? "Remove from favourites" : "Add to favourites"} className="hover:bg-black/10" onClick={onFavorite} />
      <IconButton icon="download" label={count === 1 ? "Download the original" : "Download as one ZIP"} className="hover:bg-black/10" onClick={onDownload} />
      <IconButton icon="trash" label="Move to trash" className="hover:bg-black/10" onClick={onTrash} />
    </div>
  );
}
