import type { SubmitEvent } from "react";
import { useInvite, type MadeInvitation } from "../../api/invitations";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";

const DAYS = 7;

/** An invitation, by mail where mail is sent, or as a link. */
export function NewInvitationForm({ mail, onClose, onMade }: { mail: boolean; onClose: () => void; onMade: (made: MadeInvitation) => void }) {
  const invite = useInvite();
  const wrong = invite.error instanceof Problem ? invite.error.field("email") : undefined;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = new FormData(event.currentTarget).get("email");
    const address = typeof email === "string" ? email.trim() : "";
    invite.mutate({ days: DAYS, ...(address ? { email: address } : {}) }, { onSuccess: onMade });
  };
  return (
    <Dialog label="Invite someone" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="new-invitation" noValidate onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">Invite someone</h2>
          <p className="mt-2 text-soft">
            {mail ? "They get a link by mail, good for a week, for one account. Without an address you get it to hand over." : "You get a link to hand over, good for a week, for one account."}
          </p>
        </div>
        {mail && <Field name="email" type="email" label="Their e-mail address" autoComplete="off" data-initial-focus error={wrong} />}
        {invite.error && !wrong && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(invite.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={invite.isPending}>Invite</Button>
        </div>
      </form>
    </Dialog>
  );
}
