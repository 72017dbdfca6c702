import { useState, type PointerEvent } from "react";
import { cx } from "../../lib/cx";

/** The film of a Live Photo, over the photo: while a mouse rests on the badge or a finger on it, or until a key stops it. Never a sound. */
export function Live({ url }: { url: string }) {
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const byMouse = (event: PointerEvent, plays: boolean) => {
    if (event.pointerType === "mouse") setPlaying(plays);
  };
  const byTouch = (event: PointerEvent, plays: boolean) => {
    // The stage beneath would take it for a swipe.
    event.stopPropagation();
    if (event.pointerType !== "mouse") setPlaying(plays);
  };
  const shown = playing && !failed;
  return (
    <>
      {shown && (
        <video
          src={url} autoPlay muted playsInline disablePictureInPicture data-testid="live-film" className="pointer-events-none absolute inset-0 size-full object-cover"
          onEnded={() => setPlaying(false)} onError={() => setFailed(true)}
        />
      )}
      <button
        type="button" data-testid="live" aria-pressed={shown} aria-label={failed ? "This browser cannot play the film of this photo" : "Play the film of this photo"} disabled={failed}
        className={cx("absolute bottom-3 left-3 rounded-full bg-black/50 px-3 py-1 text-small font-semibold tracking-wide text-white select-none", shown && "bg-black/75", failed && "line-through opacity-60")}
        onPointerEnter={(event) => byMouse(event, true)} onPointerLeave={(event) => byMouse(event, false)}
        onPointerDown={(event) => byTouch(event, true)} onPointerUp={(event) => byTouch(event, false)} onPointerCancel={(event) => byTouch(event, false)}
        onClick={(event) => {
          event.stopPropagation();
          if (event.detail === 0) setPlaying(!playing);
        }}
        onContextMenu={(event) => event.preventDefault()}
      >
        LIVE
      </button>
    </>
  );
}
