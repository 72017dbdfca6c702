import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { emailQuery, useSendConfirmation, type Email as State } from "../../api/email";
import { explain } from "../../api/problem";
import { Button, Spinner } from "../../ui/Button";
import { toast } from "../../ui/Toaster";
import { ChangeEmail } from "./ChangeEmail";
import { Section } from "./Section";

/** The address of the account, whether it is confirmed, and another one. */
export function Email() {
  const { data, error, isFetching, refetch } = useQuery(emailQuery);
  const [changing, setChanging] = useState(false);
  return (
    <Section
      title="E-mail" lead={data?.mail === false ? "You can sign in with it." : "Where a link goes if you forget your password. You can sign in with it, too."}
      action={data && <Button onClick={() => setChanging(true)}>Change address</Button>}
    >
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {data && <Address state={data} />}
      {changing && data && (
        <ChangeEmail
          mail={data.mail} onClose={() => setChanging(false)}
          onChanged={({ pending }) => { setChanging(false); toast(pending ? "A link is on its way to the new address" : "Your address is changed"); }}
        />
      )}
    </Section>
  );
}

function Address({ state: { email, confirmed, pending, mail } }: { state: State }) {
  const send = useSendConfirmation();
  const again = () => send.mutate(undefined, { onSuccess: () => toast("A link is on its way"), onError: (error) => toast(explain(error)) });
  const waits = pending !== null || (mail && !confirmed);
  return (
    <div data-testid="email" className="flex flex-wrap items-center gap-x-4 gap-y-3 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium wrap-anywhere">{email}</p>
        {pending === null
          ? mail && <p className="text-small text-soft">{confirmed ? "Confirmed" : "Not confirmed yet: open the link that was sent there."}</p>
          : <p className="text-small text-soft wrap-anywhere">To be replaced by <b className="font-semibold text-ink">{pending}</b>, when you open the link that was sent there.</p>}
      </div>
      {waits && <Button look="quiet" busy={send.isPending} onClick={again}>Send the link again</Button>}
    </div>
  );
}
