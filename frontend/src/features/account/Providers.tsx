import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { identitiesQuery, providersQuery, useLink, useUnlink, type LinkedIdentity } from "../../api/elsewhere";
import { explain } from "../../api/problem";
import { formatShortDate } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { toast } from "../../ui/Toaster";
import { Section } from "./Section";

/** Who else may sign one in. Where there is nobody to choose from, nothing. */
export function Providers() {
  const { data: providers } = useQuery(providersQuery);
  const { data } = useQuery(identitiesQuery);
  const [leaving, setLeaving] = useState<LinkedIdentity | null>(null);
  const begin = useLink();
  const unlink = useUnlink();
  const failed = (problem: unknown) => toast(explain(problem));
  if (!data || (data.items.length === 0 && (!providers || providers.length === 0))) return null;
  const isLast = data.items.length === 1 && !data.has_password;

  return (
    <Section title="Sign in elsewhere" lead="Who may vouch for you, so that you need no password here.">
      <ul data-testid="identities" className="divide-y divide-line">
        {data.items.map((identity) => (
          <li key={identity.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{identity.label}</p>
              <p className="truncate text-small text-soft">{identity.email ?? "No address"}, linked {formatShortDate(identity.linked_at)}</p>
            </div>
            {!isLast && <Button look="quiet" aria-label={`Unlink ${identity.label}`} onClick={() => setLeaving(identity)}>Unlink</Button>}
          </li>
        ))}
      </ul>
      {isLast && <p className="py-2 text-small text-soft">This is your only way to sign in. Set a password to be able to unlink it.</p>}
      <div className="flex flex-wrap gap-2 pt-2">
        {providers?.map(({ name, label }) => (
          <Button
            key={name} busy={begin.isPending && begin.variables === name} className="max-w-full"
            onClick={() => begin.mutate(name, { onError: failed })}
          >
            <span className="truncate">Link {label}</span>
          </Button>
        ))}
      </div>
      {leaving && (
        <Confirm
          title={`Unlink ${leaving.label}?`} action="Unlink" busy={unlink.isPending} onClose={() => setLeaving(null)}
          onConfirm={() => unlink.mutate(leaving.id, { onError: failed, onSettled: () => setLeaving(null) })}
        >
          It signs you in no more. Devices that are signed in stay so.
        </Confirm>
      )}
    </Section>
  );
}
