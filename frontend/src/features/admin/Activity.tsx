import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { accountsQuery } from "../../api/admin";
import { auditQuery, type AuditEntry } from "../../api/audit";
import { allOrganizationsQuery } from "../../api/organizations";
import { explain } from "../../api/problem";
import { formatAgo } from "../../lib/format";
import { Button, Spinner } from "../../ui/Button";
import { actions, told } from "./actions";

/** Who did what to accounts, sessions and keys, newest first. */
export function Activity() {
  const [action, setAction] = useState<string>();
  const { data, error, isFetching, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(auditQuery({ action }));
  const { data: accounts } = useInfiniteQuery(accountsQuery);
  const { data: organizations } = useInfiniteQuery(allOrganizationsQuery);
  const names = new Map([
    ...(accounts?.pages ?? []).flatMap(({ items }) => items.map(({ id, username }) => [id, username] as const)),
    ...(organizations?.pages ?? []).flatMap(({ items }) => items.map(({ id, name }) => [id, name] as const)),
  ]);
  const entries = data?.pages.flatMap(({ items }) => items);
  return (
    <section className="border-t border-line py-8">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-3">
        <div>
          <h2 className="text-title font-semibold tracking-tight">Activity</h2>
          <p className="text-soft">What was done to accounts, sessions, keys and organisations. Nothing is ever removed from it.</p>
        </div>
        <label>
          <span className="sr-only">Show</span>
          <select value={action ?? ""} onChange={({ target }) => setAction(target.value || undefined)} className="h-10 rounded-control border border-line bg-sheet px-3 hover:border-faint">
            <option value="">Everything</option>
            {Object.entries(actions).map(([value, { name }]) => <option key={value} value={value}>{name}</option>)}
          </select>
        </label>
      </header>
      {!entries && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading the activity</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {entries?.length === 0 && <p className="py-3 text-soft">Nothing of this kind was written down.</p>}
      <ol data-testid="activity" className="divide-y divide-line">
        {entries?.map((entry) => <Row key={entry.id} entry={entry} nameOf={(id) => names.get(id)} />)}
      </ol>
      {hasNextPage && <Button className="my-4" busy={isFetching} onClick={() => void fetchNextPage()}>More</Button>}
    </section>
  );
}

function Row({ entry, nameOf }: { entry: AuditEntry; nameOf: (id: string) => string | undefined }) {
  const { at, address, request_id } = entry;
  return (
    <li className="py-2.5">
      <p>{told(entry, nameOf)}</p>
      <p className="text-small text-soft">
        <time dateTime={at} title={at}>{formatAgo(at, new Date())}</time>
        {address && `, from ${address}`}
        {request_id && <span className="ml-2 font-mono text-faint" title="The request, as in the logs">{request_id.slice(0, 8)}</span>}
      </p>
    </li>
  );
}
