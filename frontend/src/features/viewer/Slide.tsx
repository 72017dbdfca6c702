import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { photoQuery } from "../../api/photos";
import type { Glimpse } from "../../lib/glimpse";
import { placeholder } from "../../lib/placeholder";
import { cx } from "../../lib/cx";
import { Live } from "./Live";
import type { View } from "./zoom";

interface Props {
  glimpse: Glimpse;
  /** Where it lies: 0 is the stage, −1 and 1 wait beside it. */
  position: number;
  drag: { x: number; y: number };
  view: View;
  /** A finger on the glass is followed at once; afterwards it glides. */
  gliding: boolean;
}

/** From this scale on the preview shows its pixels, and the original is worth its bytes. */
const CLOSE_UP = 1.3;

/** Kinds of originals that every browser shows; of the others the preview is all there is to see. */
const SHOWN = new Set<string>(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp"]);

/** One photo on the stage, sharpening as it arrives: ThumbHash, thumbnail, preview, and close up the original. */
export function Slide({ glimpse, position, drag, view, gliding }: Props) {
  const { data: photo } = useQuery(photoQuery(glimpse.id));
  const [sharp, setSharp] = useState(false);
  const [failed, setFailed] = useState(false);
  const ratio = photo ? photo.width / photo.height : glimpse.ratio;
  // Only the original of a GIF moves.
  const moving = photo?.media_type === "image/gif";
  const source = photo && (moving ? photo.urls.original : photo.urls.preview);
  const here = position === 0;
  const lift = here && drag.y > 0 ? Math.max(0.6, 1 - drag.y / 900) : 1;
  const most = photo ? `, ${photo.width}px` : "";
  return (
    <div
      aria-hidden={!here} className={cx("absolute inset-0 grid place-items-center", gliding && "transition-transform duration-250 ease-out")}
      style={{ transform: `translate3d(calc(${position * 104}% + ${drag.x}px), ${here ? drag.y : 0}px, 0) scale(${lift})` }}
    >
      <div
        className="relative overflow-hidden bg-cover bg-center" data-slide={here ? "current" : undefined}
        style={{
          aspectRatio: ratio,
          width: `min(100cqw, calc(100cqh * ${ratio})${most})`,
          backgroundImage: sharp ? undefined : `url("${placeholder(photo?.thumbhash ?? glimpse.thumbhash)}")`,
          transform: here && view.scale > 1 ? `translate3d(${view.x}px, ${view.y}px, 0) scale(${view.scale})` : undefined,
        }}
      >
        {!sharp && glimpse.thumb && <img src={glimpse.thumb} alt="" draggable={false} className="absolute inset-0 size-full" />}
        {source && !failed && (
          <img
            src={source} alt={here ? altOf(photo.title, photo.filename) : ""} draggable={false} onLoad={() => setSharp(true)} onError={() => setFailed(true)}
            className={cx("absolute inset-0 size-full transition-opacity duration-150", !sharp && "opacity-0")}
          />
        )}
        {here && photo && SHOWN.has(photo.media_type) && view.scale > CLOSE_UP && <img src={photo.urls.original} alt="" draggable={false} className="absolute inset-0 size-full" />}
        {here && photo?.live && <Live key={photo.live.url} url={photo.live.url} />}
        {failed && here && <p role="alert" className="absolute inset-x-0 bottom-0 bg-black/70 p-3 text-center text-small text-white">The larger picture could not be loaded.</p>}
      </div>
    </div>
  );
}

const altOf = (title: string | null | undefined, filename: string) => (title?.trim() ? title : filename);
