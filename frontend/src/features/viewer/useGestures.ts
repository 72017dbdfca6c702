import { useEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import { fit, fitted, held, swipeOutcome, zoomAt, type Size, type Swipe, type View } from "./zoom";

interface Gestures {
  view: View;
  /** How far a finger has dragged the fitted photo. */
  drag: { x: number; y: number };
  touching: boolean;
  handlers: {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: (event: PointerEvent) => void;
    onPointerCancel: (event: PointerEvent) => void;
  };
}

const still = { x: 0, y: 0 };
const DOUBLE_TAP_MS = 300;
const CLOSE_UP = 2.5;

/** Swipe, pinch, double tap, wheel and pan on one stage. */
export function useGestures(stage: RefObject<HTMLElement | null>, { id, ratio }: { id: string; ratio: number }, onSwipe: (swipe: Swipe) => void, onTap: () => void): Gestures {
  // Kept with the photo it belongs to: the next one starts fitted.
  const [zoomed, setZoomed] = useState({ id, view: fitted });
  const view = zoomed.id === id ? zoomed.view : fitted;
  const [drag, setDrag] = useState(still);
  const [touching, setTouching] = useState(false);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const begun = useRef({ x: 0, y: 0, at: 0, moved: false, pinched: false });
  const lastTap = useRef(0);

  const sizeOf = (): Size => ({ width: stage.current?.clientWidth ?? 1, height: stage.current?.clientHeight ?? 1 });
  const fromMiddle = (x: number, y: number) => {
    const box = stage.current?.getBoundingClientRect();
    return box ? { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 } : still;
  };
  const change = (next: (view: View) => View) => setZoomed((old) => {
    const from = old.id === id ? old.view : fitted;
    return { id, view: held(next(from), fit(ratio, sizeOf()), sizeOf()) };
  });
  const toggle = (x: number, y: number) => change((old) => (old.scale > 1 ? fitted : zoomAt(old, CLOSE_UP, fromMiddle(x, y))));

  const wheel = useRef<(event: WheelEvent) => void>(() => undefined);
  useEffect(() => {
    wheel.current = (event) => {
      event.preventDefault();
      change((old) => zoomAt(old, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0025)), fromMiddle(event.clientX, event.clientY)));
    };
  });
  useEffect(() => {
    // React listens passively, and then the page itself would zoom.
    const element = stage.current;
    const listen = (event: WheelEvent) => wheel.current(event);
    // A flick the browser thinks it has to finish itself would swallow the next tap.
    const keep = (event: TouchEvent) => event.preventDefault();
    element?.addEventListener("wheel", listen, { passive: false });
    element?.addEventListener("touchstart", keep, { passive: false });
    return () => {
      element?.removeEventListener("wheel", listen);
      element?.removeEventListener("touchstart", keep);
    };
  }, [stage]);

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.current.size === 1) begun.current = { x: event.clientX, y: event.clientY, at: event.timeStamp, moved: false, pinched: false };
    else begun.current.pinched = true;
    setTouching(true);
  };

  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const others = [...fingers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    fingers.current.set(event.pointerId, now);
    const [other] = others;
    if (other) {
      const factor = distance(now, other) / Math.max(1, distance(before, other));
      const middle = fromMiddle((now.x + other.x) / 2, (now.y + other.y) / 2);
      change((old) => {
        const zoomed = zoomAt(old, factor, middle);
        return { ...zoomed, x: zoomed.x + (now.x - before.x) / 2, y: zoomed.y + (now.y - before.y) / 2 };
      });
      return;
    }
    const dx = now.x - begun.current.x;
    const dy = now.y - begun.current.y;
    if (Math.hypot(dx, dy) > 6) begun.current.moved = true;
    if (!begun.current.moved || begun.current.pinched) return;
    if (view.scale > 1) change((old) => ({ ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y }));
    else if (event.pointerType !== "mouse") setDrag(Math.abs(dx) >= Math.abs(dy) ? { x: dx, y: 0 } : { x: 0, y: Math.max(0, dy) });
  };

  const onPointerUp = (event: PointerEvent) => {
    if (!fingers.current.delete(event.pointerId) || fingers.current.size > 0) return;
    setTouching(false);
    setDrag(still);
    const { x, y, at, moved, pinched } = begun.current;
    if (pinched) return;
    if (!moved) {
      const double = event.timeStamp - lastTap.current < DOUBLE_TAP_MS;
      lastTap.current = double ? 0 : event.timeStamp;
      if (double) toggle(event.clientX, event.clientY);
      else if (event.pointerType !== "mouse") onTap();
    } else if (view.scale === 1 && event.pointerType !== "mouse") {
      const swipe = swipeOutcome(event.clientX - x, event.clientY - y, event.timeStamp - at, sizeOf());
      if (swipe !== "stay") onSwipe(swipe);
    }
  };

  const onPointerCancel = (event: PointerEvent) => {
    fingers.current.delete(event.pointerId);
    if (fingers.current.size > 0) return;
    setTouching(false);
    setDrag(still);
  };

  return { view, drag, touching, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel } };
}

const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);
