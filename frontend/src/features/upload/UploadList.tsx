import { useLayoutEffect, useRef, useState } from "react";
import { inOrder, type Item } from "./queue";
import { UploadRow, type RowActions } from "./UploadRow";
import { windowed } from "./windowed";

/** Drawn beyond what is seen, so that fast scrolling and the tab key find something there. */
const BEYOND = 1200;

/** Every file, however many there are; only those near the eye are drawn. */
export function UploadList({ items, actions }: { items: readonly Item[]; actions: RowActions }) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 400 });
  const look = () => {
    const { scrollTop: top = 0, clientHeight: height = 400 } = box.current ?? {};
    setSeen((before) => (Math.abs(before.top - top) < BEYOND / 4 && before.height === height ? before : { top, height }));
  };
  useLayoutEffect(look, [items.length]);
  const { rows, height } = windowed(inOrder(items), seen.top - BEYOND, seen.top + seen.height + BEYOND);
  return (
    // A list that scrolls must be scrollable by keys, also where no row has a button.
    // eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex
    <div ref={box} onScroll={look} tabIndex={0} role="group" aria-label="Files" className="max-h-[min(23rem,44dvh)] overflow-y-auto overscroll-contain py-1 -outline-offset-2">
      <ul className="relative" style={{ height }}>
        {rows.map(({ item, top, position }) => (
          <UploadRow key={item.id} item={item} top={top} position={position} count={items.length} actions={actions} />
        ))}
      </ul>
    </div>
  );
}
