import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { metadataQuery } from "../../api/photos";
import { explain } from "../../api/problem";
import { Icon } from "../../ui/Icon";
import { formatTag, formatTagName } from "./exif";

/** Everything the file said, asked for only when someone wants to see it. */
export function AllMetadata({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  const { data, error, isPending } = useQuery({ ...metadataQuery(id), enabled: open });
  const groups = Object.entries(data ?? {}).filter(([, tags]) => Object.keys(tags).length > 0);
  return (
    <details className="group border-t border-line pt-4" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex cursor-pointer list-none items-center justify-between rounded-[6px] font-medium [&::-webkit-details-marker]:hidden">
        All metadata
        <span className="text-faint transition-transform group-open:rotate-180"><Icon name="down" /></span>
      </summary>
      {open && isPending && <p role="status" className="mt-3 text-small text-soft">Loading…</p>}
      {error && <p role="alert" className="mt-3 text-small text-danger">{explain(error)}</p>}
      {data && groups.length === 0 && <p className="mt-3 text-small text-soft">The file says nothing about itself.</p>}
      {groups.map(([group, tags]) => (
        <section key={group} className="mt-5">
          <h3 className="mb-1.5 text-film-text edge-print">{group}</h3>
          <dl className="text-small">
            {Object.entries(tags).map(([tag, value]) => (
              <div key={tag} className="grid grid-cols-[2fr_3fr] gap-3 border-b border-line/60 py-1.5 last:border-0">
                <dt className="text-soft wrap-anywhere">{formatTagName(tag)}</dt>
                <dd className="wrap-anywhere">{formatTag(value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </details>
  );
}
