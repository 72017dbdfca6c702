import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { photoQuery } from "../../api/photos";
import { explain, isGone } from "../../api/problem";
import { formatClock, formatDate } from "../../lib/format";
import type { Glimpse } from "../../lib/glimpse";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { InfoPanel } from "./InfoPanel";
import { Stage } from "./Stage";
import { ViewerBar } from "./ViewerBar";

export interface ViewerActions {
  onFavorite: (id: string, favorite: boolean) => void;
  onTrash: (id: string) => void;
  onDownload: (id: string) => void;
}

interface Props extends ViewerActions {
  id: string;
  current: Glimpse | null;
  newer: Glimpse | null;
  older: Glimpse | null;
  infoShown: boolean;
  onInfo: (shown: boolean) => void;
  onGo: (id: string) => void;
  onClose: () => void;
}

/** One photo over everything else. */
export function Viewer(props: Props) {
  const { id, current, newer, older, infoShown, onInfo, onGo, onClose, onFavorite, onTrash, onDownload } = props;
  const { data: photo, error, refetch, isFetching } = useQuery(photoQuery(id));
  const [bare, setBare] = useState(false);

  const keys: Record<string, (() => void) | undefined> = {
    ArrowLeft: newer ? () => onGo(newer.id) : undefined,
    ArrowRight: older ? () => onGo(older.id) : undefined,
    i: () => onInfo(!infoShown),
    f: photo && (() => onFavorite(id, !photo.favorite)),
    Delete: () => onTrash(id),
  };
  // Heard on the window: what had the focus may have left with the photo it belonged to.
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const typing = event.target instanceof Element && event.target.matches("input, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  const shape = current ?? (photo && { id, thumb: photo.urls.thumb, thumbhash: photo.thumbhash, ratio: photo.width / photo.height });
  const when = photo ? `${formatDate(photo.taken_at_local)}, ${formatClock(photo.taken_at_local)}` : "";
  return (
    <Dialog label="Photo viewer" dark onClose={onClose} testId="viewer" className="h-dvh w-screen overflow-hidden bg-black">
      <div data-initial-focus tabIndex={-1} className="flex h-full bg-black text-ink outline-none max-md:flex-col">
        <div className="relative min-h-0 min-w-0 flex-1">
          {shape && <Stage current={shape} newer={newer} older={older} bare={bare} onGo={onGo} onClose={onClose} onTap={() => setBare(!bare)} />}
          {!photo && error && <Missing error={error} busy={isFetching} onRetry={() => void refetch()} onClose={onClose} />}
          <ViewerBar
            photo={photo} when={when} hidden={bare} infoShown={infoShown} onInfo={() => onInfo(!infoShown)} onClose={onClose}
            onFavorite={() => photo && onFavorite(id, !photo.favorite)} onTrash={() => onTrash(id)} onDownload={() => onDownload(id)}
          />
          <p aria-live="polite" className="sr-only">{when}</p>
        </div>
        {infoShown && <InfoPanel photo={photo} onClose={() => onInfo(false)} />}
      </div>
    </Dialog>
  );
}

function Missing({ error, busy, onRetry, onClose }: { error: Error; busy: boolean; onRetry: () => void; onClose: () => void }) {
  const gone = isGone(error);
  return (
    <div role="alert" className="absolute inset-0 grid place-content-center justify-items-center gap-4 p-8 text-center">
      <p className="text-title font-semibold">{gone ? "This photo is no longer here" : "This photo could not be loaded"}</p>
      {!gone && <p className="text-soft">{explain(error)}</p>}
      {gone ? <Button onClick={onClose}>Back to your photos</Button> : <Button icon="retry" busy={busy} onClick={onRetry}>Try again</Button>}
    </div>
  );
}
