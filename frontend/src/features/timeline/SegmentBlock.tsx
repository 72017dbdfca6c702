import { memo } from "react";
import { FAVORITE } from "../../api/timeline";
import { formatCount, formatDay, formatMonth } from "../../lib/format";
import type { Metrics } from "./justify";
import { rowAt, type Block } from "./layout";
import { Tile } from "./Tile";

interface Props {
  block: Block;
  /** What of the block is to be drawn, from its own top. */
  from: number;
  to: number;
  metrics: Metrics;
  address: string;
  tabStop: string | null;
  selected: ReadonlySet<string>;
  onThumbError: (segment: string) => void;
}

/** Narrower than this, a month goes by three letters. */
const ROOM_FOR_A_NAME = 240;

/** The photos of one segment that are near the screen. */
export const SegmentBlock = memo(function SegmentBlock({ block, from, to, metrics, address, tabStop, selected, onThumbError }: Props) {
  const { month, content, segment } = block;
  return (
    <section className="absolute" style={{ left: block.x, top: block.top, width: block.width, height: block.height }}>
      {month && from < block.bodyTop && (
        <header className="flex items-baseline justify-between px-1 pt-6 whitespace-nowrap md:px-0 md:pt-8">
          <h2 className="text-month font-semibold tracking-[-0.03em]">
            {block.width < ROOM_FOR_A_NAME ? formatMonth(month.month).slice(0, 3) : formatMonth(month.month)} <span className="font-normal text-faint">{month.year}</span>
          </h2>
          {block.width === metrics.width && <p className="text-faint edge-print">{formatCount(month.count)}</p>}
        </header>
      )}
      {content ? tiles(content) : <Skeleton top={block.bodyTop} count={segment.count} metrics={metrics} />}
    </section>
  );

  function tiles({ columns, body }: NonNullable<Block["content"]>) {
    const first = rowAt(body.rows, from - block.bodyTop);
    const rows = body.rows.slice(first).filter((row) => row.y < to - block.bodyTop);
    const start = rows[0]?.first ?? 0;
    const end = rows.at(-1)?.end ?? 0;
    return (
      <>
        {body.labels.filter(({ index }) => index >= start && index < end).map(({ index, x, y, room }) => (
          <h3
            key={`day-${columns.id[index]}`} className="absolute flex items-end overflow-hidden pb-1 pl-1 whitespace-nowrap text-soft edge-print md:pl-0"
            style={{ left: x, top: block.bodyTop + y, width: room, height: metrics.strip }}
          >
            {formatDay(columns.taken_at_local[index] ?? "")}
          </h3>
        ))}
        {rows.flatMap((row) => Array.from({ length: row.end - row.first }, (_, nth) => {
          const index = row.first + nth;
          const id = columns.id[index] ?? "";
          return (
            <Tile
              key={id} id={id} href={`${address}${id}`} x={body.x[index] ?? 0} y={block.bodyTop + row.y} width={body.w[index] ?? 0} height={row.height}
              thumb={columns.thumb[index] ?? ""} thumbhash={columns.thumbhash[index] ?? ""} takenAtLocal={columns.taken_at_local[index] ?? ""}
              favorite={((columns.flags[index] ?? 0) & FAVORITE) !== 0} selected={selected.has(id)} selecting={selected.size > 0}
              tabStop={id === tabStop} segment={segment.id} onThumbError={onThumbError}
            />
          );
        }))}
      </>
    );
  }
});

/** Where photos will be: a sheet of empty frames. */
function Skeleton({ top, count, metrics: { target, gap, strip } }: { top: number; count: number; metrics: Metrics }) {
  const frame = Math.round(target * 1.2);
  return (
    <div
      aria-hidden="true" className="absolute inset-x-0 bottom-5 animate-[breathe_1.8s_ease-in-out_infinite]"
      style={{
        top: top + strip,
        maxWidth: count * (frame + gap) - gap,
        backgroundImage: `repeating-linear-gradient(90deg, transparent 0 ${frame}px, var(--paper) ${frame}px ${frame + gap}px), repeating-linear-gradient(var(--well) 0 ${target}px, transparent ${target}px ${target + gap}px)`,
      }}
    />
  );
}
