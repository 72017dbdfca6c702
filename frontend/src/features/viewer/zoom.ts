/** How a photo lies on its stage: scaled about the middle, then moved. Pixels of the stage. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const fitted: View = { scale: 1, x: 0, y: 0 };
export const CLOSEST = 8;

/** Scales about a point, measured from the middle of the stage, that stays under the finger. */
export function zoomAt(view: View, factor: number, point: { x: number; y: number }): View {
  const scale = Math.min(CLOSEST, Math.max(1, view.scale * factor));
  const change = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * change, y: point.y - (point.y - view.y) * change };
}

/** Moves no further than to the photo's edges; centred where it is smaller than the stage. */
export function held(view: View, photo: Size, stage: Size): View {
  const limit = (size: number, room: number) => Math.max(0, (size * view.scale - room) / 2);
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value)) + 0;
  return { scale: view.scale, x: clamp(view.x, limit(photo.width, stage.width)), y: clamp(view.y, limit(photo.height, stage.height)) };
}

export type Swipe = "older" | "newer" | "close" | "stay";

/** A flick or a third of the stage turns the page; down lets the photo go. */
export function swipeOutcome(dx: number, dy: number, milliseconds: number, stage: Size): Swipe {
  const pace = (distance: number) => Math.abs(distance) / Math.max(1, milliseconds);
  const flick = (distance: number, room: number) => Math.abs(distance) > room / 3 || (pace(distance) > 0.4 && Math.abs(distance) > 24);
  if (Math.abs(dx) >= Math.abs(dy)) return flick(dx, stage.width) ? (dx < 0 ? "older" : "newer") : "stay";
  return dy > 0 && flick(dy, stage.height) ? "close" : "stay";
}

/** The size a photo has on the stage when it fits. */
export function fit(ratio: number, stage: Size): Size {
  const width = Math.min(stage.width, stage.height * ratio);
  return { width, height: width / ratio };
}
