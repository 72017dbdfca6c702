import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { PendingLink } from "../../api/elsewhere";
import { arriveFrom, type Arrival as Outcome, type SecondFactor } from "../../api/session";
import { Spinner } from "../../ui/Button";
import { AuthFrame } from "./AuthFrame";
import { explainArrival } from "./explainArrival";
import { FormMessage } from "./FormMessage";
import { SecondStep } from "./SecondStep";

interface Props {
  provider: string;
  /** What the provider has put into the address. */
  said: Record<string, string>;
  /** Somebody who is signed in has to confirm a link. */
  onLink: () => void;
  /** Back to the other ways of signing in. */
  onAgain: () => void;
}

/** An answer counts once, however often it is shown here. */
const begun = new Map<string, Promise<Outcome>>();

function arriveOnce(provider: string, { state = "", code, iss, error }: Record<string, string>): Promise<Outcome> {
  const known = begun.get(state);
  if (known) return known;
  const outcome = arriveFrom(provider, { state, ...(code !== undefined && { code }), ...(iss !== undefined && { iss }), ...(error !== undefined && { error }) });
  begun.set(state, outcome);
  return outcome;
}

const link = "font-semibold text-ink underline decoration-film decoration-2 underline-offset-4";

/** Back from a provider. */
export function Arrival({ provider, said, onLink, onAgain }: Props) {
  const [asked, setAsked] = useState<SecondFactor | null>(null);
  const [pending, setPending] = useState<PendingLink | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  useEffect(() => {
    let isShown = true;
    arriveOnce(provider, said).then(
      (outcome) => {
        if (!isShown || !outcome) return;
        if ("secondFactor" in outcome) { setAsked(outcome.secondFactor); return; }
        setPending(outcome.link);
        onLink();
      },
      (error: unknown) => { if (isShown) setMessage(explainArrival(error)); },
    );
    return () => { isShown = false; };
  }, [provider, said, onLink]);
  if (asked) return <SecondStep asked={asked} onAgain={onAgain} />;
  if (pending) {
    return (
      <AuthFrame title="You are here already" lead={`There is an account with ${pending.email ?? "your address"} on this server.`}>
        <FormMessage calm>
          Sign in to it as ever, then confirm that {pending.label} may sign you in from now on. If it is not yours, tell whoever runs this Photure.
        </FormMessage>
        <p className="mt-6"><Link to="/sign-in" search={{ next: "/account" }} className={link}>Sign in to link {pending.label}</Link></p>
      </AuthFrame>
    );
  }
  if (message) {
    return (
      <AuthFrame title="That did not work" lead="You are not signed in.">
        <FormMessage>{message}</FormMessage>
        <p className="mt-6"><Link to="/sign-in" className={link}>Back to signing in</Link></p>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="One moment" lead="Checking who you are.">
      <p role="status"><Spinner size={28} /><span className="sr-only">Signing you in</span></p>
    </AuthFrame>
  );
}
