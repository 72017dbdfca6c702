import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiKeysQuery, useDeleteApiKey, type ApiKey, type CreatedApiKey } from "../../api/apiKeys";
import { explain } from "../../api/problem";
import { formatAgo, formatShortDate } from "../../lib/format";
import { Button, Spinner } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { toast } from "../../ui/Toaster";
import { NewKey } from "./NewKey";
import { Section } from "./Section";
import { ShownOnce } from "./ShownOnce";
import { scopeName } from "./scopes";

/** Keys for programs that work in one's name. */
export function ApiKeys() {
  const { data, error, isFetching, refetch } = useQuery(apiKeysQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedApiKey | null>(null);
  const [deleting, setDeleting] = useState<ApiKey | null>(null);
  const remove = useDeleteApiKey();

  return (
    <Section
      title="API keys" lead="For programs that work in your name, such as photure upload. A key never does more than you chose."
      action={<Button onClick={() => setMaking(true)}>New key</Button>}
    >
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading your keys</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {data?.length === 0 && <p className="py-3 text-soft">You have no keys.</p>}
      <ul data-testid="api-keys" className="divide-y divide-line">
        {data?.map((key) => (
          <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{key.name}</p>
              <p className="text-small text-soft">{key.scopes.map(scopeName).join(", ")}</p>
              <p className="text-small text-soft">{lifeOf(key, new Date())}</p>
            </div>
            <Button look="quiet" aria-label={`Delete ${key.name}`} onClick={() => setDeleting(key)}>Delete</Button>
          </li>
        ))}
      </ul>
      {making && <NewKey onClose={() => setMaking(false)} onMade={(key) => { setMaking(false); setMade(key); }} />}
      {made && <ShownOnce created={made} onClose={() => setMade(null)} />}
      {deleting && (
        <Confirm
          title="Delete this key?" action="Delete" busy={remove.isPending} onClose={() => setDeleting(null)}
          onConfirm={() => remove.mutate(deleting.id, { onError: (problem) => toast(explain(problem)), onSettled: () => setDeleting(null) })}
        >
          <p className="wrap-anywhere">Programs that use “{deleting.name}” lose access within a minute.</p>
        </Confirm>
      )}
    </Section>
  );
}

/** Used last and good until when, in words. */
export function lifeOf({ last_used_at, expires_at }: Pick<ApiKey, "last_used_at" | "expires_at">, now: Date): string {
  const used = last_used_at ? `Last used ${formatAgo(last_used_at, now)}` : "Never used";
  if (!expires_at) return used;
  return `${used}, ${new Date(expires_at) <= now ? "ran out" : "runs out"} ${formatShortDate(expires_at)}`;
}
