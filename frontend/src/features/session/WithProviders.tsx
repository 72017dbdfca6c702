import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { leaveFor, providersQuery } from "../../api/elsewhere";
import { Button } from "../../ui/Button";
import { explainArrival } from "./explainArrival";
import { FormMessage } from "./FormMessage";

/** The ways in through somebody who vouches for one. Where the operator has named none, nothing. */
export function WithProviders({ next }: { next: string | undefined }) {
  const { data } = useQuery(providersQuery);
  const [leaving, setLeaving] = useState<string | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  if (!data || data.length === 0) return null;
  const leave = async (provider: string) => {
    setLeaving(provider);
    setMessage(null);
    try {
      await leaveFor(provider, next);
    } catch (error) {
      setMessage(explainArrival(error));
      setLeaving(null);
    }
  };
  return (
    <div data-testid="providers" className="mt-3 space-y-3">
      {data.map(({ name, label }) => (
        <Button key={name} className="h-11 w-full" busy={leaving === name} disabled={leaving !== null} onClick={() => void leave(name)}>
          <span className="truncate">Sign in with {label}</span>
        </Button>
      ))}
      {message && <FormMessage>{message}</FormMessage>}
    </div>
  );
}
