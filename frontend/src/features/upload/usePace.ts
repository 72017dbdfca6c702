import { useEffect, useRef, useState } from "react";
import { leftOf, noPace, paced, secondsLeft, sentOf } from "./pace";
import { heldBy, totals, type Item } from "./queue";

/** Said anew this often: a figure that changes with every byte cannot be read. */
const SAID_MS = 2000;

/** Seconds until all is out, as far as it can be told. */
export function usePace(items: readonly Item[]): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  const latest = useRef(items);
  useEffect(() => { latest.current = items; }, [items]);
  const moves = items.some(({ state }) => state === "sending");
  useEffect(() => {
    if (!moves) return;
    let pace = noPace;
    const timer = setInterval(() => {
      const now = latest.current;
      if (heldBy(totals(now)) !== null) pace = noPace;
      pace = paced(pace, performance.now(), sentOf(now));
      setSeconds(secondsLeft(pace, leftOf(now)));
    }, SAID_MS);
    return () => {
      clearInterval(timer);
      setSeconds(null);
    };
  }, [moves]);
  return seconds;
}
