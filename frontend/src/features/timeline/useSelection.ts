import { useCallback, useEffect, useState } from "react";

/** The photos a person has picked to do something with together. Esc lets them go. */
export function useSelection() {
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set());
  const clear = useCallback(() => setIds(new Set()), []);
  const toggle = useCallback((id: string) => setIds((old) => {
    const next = new Set(old);
    if (!next.delete(id)) next.add(id);
    return next;
  }), []);
  const addAll = useCallback((more: string[]) => setIds((old) => new Set([...old, ...more])), []);

  const some = ids.size > 0;
  useEffect(() => {
    if (!some) return;
    const onKey = (event: KeyboardEvent) => { if (event.key === "Escape" && !event.defaultPrevented) clear(); };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [some, clear]);

  return { ids, toggle, addAll, clear };
}
