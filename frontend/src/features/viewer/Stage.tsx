import { useRef, useState } from "react";
import type { Glimpse } from "../../lib/glimpse";
import { cx } from "../../lib/cx";
import { Icon } from "../../ui/Icon";
import { Slide } from "./Slide";
import { useGestures } from "./useGestures";
import { fitted, type Swipe } from "./zoom";

interface Props {
  current: Glimpse;
  newer: Glimpse | null;
  older: Glimpse | null;
  bare: boolean;
  onGo: (id: string) => void;
  onClose: () => void;
  onTap: () => void;
}

/** Where the photo lies, with its neighbours waiting at both sides. */
export function Stage(props: Props) {
  // After a swipe the photos glide on from where the finger left them; keys and buttons turn the page at once.
  const [gliding, setGliding] = useState(false);
  const { newer, older, bare, onGo } = props;
  const go = (glimpse: Glimpse | null) => {
    setGliding(false);
    if (glimpse) onGo(glimpse.id);
  };
  return (
    <>
      <Surface {...props} gliding={gliding} onGlide={setGliding} />
      {newer && <Turn side="left" hidden={bare} onClick={() => go(newer)} />}
      {older && <Turn side="right" hidden={bare} onClick={() => go(older)} />}
    </>
  );
}

function Surface({ current, newer, older, onGo, onClose, onTap, gliding, onGlide }: Props & { gliding: boolean; onGlide: (gliding: boolean) => void }) {
  const stage = useRef<HTMLDivElement>(null);
  const onSwipe = (swipe: Swipe) => {
    const next = swipe === "older" ? older : swipe === "newer" ? newer : null;
    if (swipe === "close") onClose();
    onGlide(true);
    if (next) onGo(next.id);
  };
  const { view, drag, touching, handlers } = useGestures(stage, current, onSwipe, onTap);
  const slides: [Glimpse | null, number][] = [[newer, -1], [current, 0], [older, 1]];
  return (
    <div
      ref={stage} {...handlers}
      className={cx("@container-size absolute inset-0 touch-none overflow-hidden select-none", view.scale > 1 && "cursor-grab active:cursor-grabbing")}
    >
      {slides.map(([glimpse, position]) => glimpse && (
        <Slide key={glimpse.id} glimpse={glimpse} position={position} drag={drag} view={position === 0 ? view : fitted} gliding={gliding && !touching} />
      ))}
    </div>
  );
}

function Turn({ side, hidden, onClick }: { side: "left" | "right"; hidden: boolean; onClick: () => void }) {
  return (
    <button
      type="button" aria-label={side === "left" ? "Newer photo" : "Older photo"} onClick={onClick}
      className={cx(
        "absolute top-1/2 grid size-11 -translate-y-1/2 place-items-center rounded-full bg-black/40 text-white transition-opacity hover:bg-black/70 pointer-coarse:hidden",
        side === "left" ? "left-4" : "right-4", hidden && "opacity-0 focus-visible:opacity-100",
      )}
    >
      <Icon name={side} />
    </button>
  );
}
