import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "../../ui/Button";

/** Asks for the next page when it comes near the screen; by hand where that failed. */
export function More({ busy, failed, onMore }: { busy: boolean; failed: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const more = useEffectEvent(() => { if (!busy && !failed) onMore(); });
  useEffect(() => {
    const element = end.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => { if (entry?.isIntersecting) more(); }, { rootMargin: "800px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, [busy]);
  return <div ref={end} className="grid place-items-center py-8"><Button busy={busy} onClick={onMore}>Show more</Button></div>;
}
