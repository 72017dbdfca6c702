import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { invitationsQuery, useWithdraw, type Invitation, type MadeInvitation } from "../../api/invitations";
import { optionsQuery } from "../../api/links";
import { explain } from "../../api/problem";
import { Button, Spinner } from "../../ui/Button";
import { SecretOnce } from "../../ui/SecretOnce";
import { toast } from "../../ui/Toaster";
import { NewInvitationForm } from "./NewInvitationForm";

const who = {
  open: "Anyone may make an account here; an invitation by mail also confirms the address.",
  invitation: "Only who is invited may make an account here.",
  closed: "No accounts are taken here, invited or not: PHOTURE_REGISTRATION is closed. Make one above.",
};

/** Invitations that nobody has used yet. */
export function Invitations() {
  const { data, error, isFetching, refetch } = useQuery(invitationsQuery);
  const { data: options } = useQuery(optionsQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const done = (invited: MadeInvitation) => {
    setMaking(false);
    if (invited.mailed) toast(`An invitation is on its way to ${invited.email ?? "them"}`);
    else setMade(invited);
  };
  return (
    <section className="border-t border-line py-8">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-3">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="text-title font-semibold tracking-tight">Invitations</h2>
          <p className="text-soft">{options && who[options.registration]}</p>
        </div>
        {options?.registration !== "closed" && <Button onClick={() => setMaking(true)}>Invite someone</Button>}
      </header>
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading the invitations</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {data?.length === 0 && <p className="py-3 text-soft">Nobody is invited right now.</p>}
      {data && data.length > 0 && (
        <ul data-testid="invitations" className="divide-y divide-line">
          {data.map((invitation) => <Row key={invitation.id} invitation={invitation} />)}
        </ul>
      )}
      {making && <NewInvitationForm mail={options?.password_by_mail ?? false} onClose={() => setMaking(false)} onMade={done} />}
      {made && (
        <SecretOnce
          label="The invitation" title="Give them this link" secret={made.link} testId="invitation-link" onClose={() => setMade(null)}
          lead="Whoever opens it may make one account. It cannot be shown again."
        />
      )}
    </section>
  );
}

function Row({ invitation: { id, email, created_at, expires_at } }: { invitation: Invitation }) {
  const withdraw = useWithdraw();
  const day = (at: string) => new Date(at).toLocaleDateString();
  const name = email ?? `the link of ${day(created_at)}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="truncate font-medium">{email ?? "A link that was handed over"}</p>
        <p className="text-small text-soft">Made {day(created_at)}, good until {day(expires_at)}</p>
      </div>
      <Button
        look="quiet" busy={withdraw.isPending} aria-label={`Withdraw the invitation: ${name}`}
        onClick={() => withdraw.mutate(id, { onSuccess: () => toast("The invitation is withdrawn"), onError: (problem) => toast(explain(problem)) })}
      >
        Withdraw
      </Button>
    </li>
  );
}
