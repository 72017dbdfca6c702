import { memo } from "react";
import { formatClock, formatDate } from "../../lib/format";
import { placeholder } from "../../lib/placeholder";
import { cx } from "../../lib/cx";
import { Icon } from "../../ui/Icon";

interface Props {
  id: string;
  href: string;
  x: number;
  y: number;
  width: number;
  height: number;
  thumb: string;
  thumbhash: string;
  takenAtLocal: string;
  favorite: boolean;
  selected: boolean;
  selecting: boolean;
  /** Whether Tab stops here; the arrow keys lead on. */
  tabStop: boolean;
  segment: string;
  onThumbError: (segment: string) => void;
}

/** One photo of the grid. It has its place and size before any picture is there, so that nothing ever shifts. */
export const Tile = memo(function Tile(props: Props) {
  const { id, href, x, y, width, height, thumb, thumbhash, takenAtLocal, favorite, selected, selecting, tabStop, segment, onThumbError } = props;
  const label = `${formatDate(takenAtLocal)}, ${formatClock(takenAtLocal)}${favorite ? ", favourite" : ""}`;
  return (
    <div className="group absolute" style={{ left: x, top: y, width, height }}>
      <a
        href={href} data-testid="photo-tile" data-photo-id={id} tabIndex={tabStop ? 0 : -1} draggable={false}
        aria-label={selecting ? `${selected ? "Selected: " : "Not selected: "}${label}` : `Photo of ${label}`}
        className="absolute inset-0 overflow-hidden rounded-tile bg-well bg-cover focus-visible:z-10"
        style={{ backgroundImage: `url("${placeholder(thumbhash)}")` }}
      >
        <img
          src={thumb} alt="" decoding="async" draggable={false} ref={showIfThere} onLoad={(event) => show(event.currentTarget)} onError={() => onThumbError(segment)}
          className={cx(
            "size-full object-cover opacity-0 transition-[opacity,transform] duration-200 data-shown:opacity-100",
            selected && "scale-90 rounded-tile",
          )}
        />
        {selected && <span className="absolute inset-0 rounded-tile border-4 border-film" />}
        {favorite && (
          <span className="absolute bottom-1.5 left-1.5 text-film drop-shadow-[0_0_2px_rgb(0_0_0/0.7)]"><Icon name="star" filled size={16} /></span>
        )}
      </a>
      <button
        type="button" tabIndex={-1} data-select={id} aria-label={`${selected ? "Deselect" : "Select"} the photo of ${label}`} aria-pressed={selected}
        className={cx(
          "absolute top-1.5 left-1.5 z-20 grid size-7 place-items-center rounded-full border-2 transition-opacity duration-150",
          selected ? "border-film bg-film text-on-film" : "border-white/90 bg-black/30 text-transparent hover:bg-black/50",
          selecting ? "opacity-100" : "opacity-0 group-hover:opacity-100 pointer-coarse:hidden",
        )}
      >
        <Icon name="check" size={16} />
      </button>
    </div>
  );
});

function show(image: HTMLImageElement) {
  image.dataset.shown = "";
}

/** A picture from the cache needs no fading in. */
function showIfThere(image: HTMLImageElement | null) {
  if (image?.complete && image.naturalWidth > 0) show(image);
}
