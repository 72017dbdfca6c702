import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useHasPassword } from "../../api/elsewhere";
import { passkeysQuery, useRemovePasskey, type Passkey } from "../../api/passkeys";
import { explain } from "../../api/problem";
import { hasPasskeys } from "../../api/webauthn";
import { formatAgo } from "../../lib/format";
import { Button, Spinner } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { toast } from "../../ui/Toaster";
import { NewPasskey } from "./NewPasskey";
import { Section } from "./Section";

/** Devices that sign in by themselves. */
export function Passkeys() {
  const { data, error, isFetching, refetch } = useQuery(passkeysQuery);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Passkey | null>(null);
  const remove = useRemovePasskey();
  const hasPassword = useHasPassword();
  const possible = data?.available === true && hasPasskeys();

  return (
    <Section
      title="Passkeys" lead="Sign in with your fingerprint, your face or a security key; no password, no code."
      action={possible && hasPassword && <Button onClick={() => setAdding(true)}>Add a passkey</Button>}
    >
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading your passkeys</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {data && !possible && <p className="py-3 text-soft">Browsers have passkeys only where Photure is reached by a name over https.</p>}
      {data && possible && data.items.length === 0 && <p className="py-3 text-soft">{hasPassword ? "You have none yet." : "Set a password first: it is asked for when you add one."}</p>}
      <ul data-testid="passkeys" className="divide-y divide-line">
        {data?.items.map((passkey) => (
          <li key={passkey.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{passkey.name}</p>
              <p className="text-small text-soft">
                {passkey.last_used_at ? `last used ${formatAgo(passkey.last_used_at, new Date())}` : "not used yet"}
              </p>
            </div>
            <Button look="quiet" onClick={() => setLeaving(passkey)} aria-label={`Remove ${passkey.name}`}>Remove</Button>
          </li>
        ))}
      </ul>
      {adding && <NewPasskey onClose={() => setAdding(false)} onAdded={() => { setAdding(false); toast("Passkey added"); }} />}
      {leaving && (
        <Confirm
          title={`Remove ${leaving.name}?`} action="Remove" busy={remove.isPending} onClose={() => setLeaving(null)}
          onConfirm={() => remove.mutate(leaving.id, { onError: (problem) => toast(explain(problem)), onSettled: () => setLeaving(null) })}
        >
          It signs nobody in any more. Remove it from the device too; Photure cannot.
        </Confirm>
      )}
    </Section>
  );
}
