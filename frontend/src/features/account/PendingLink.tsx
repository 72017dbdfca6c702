import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { identitiesQuery, useConfirmLink } from "../../api/elsewhere";
import { explain } from "../../api/problem";
import { Button } from "../../ui/Button";
import { toast } from "../../ui/Toaster";

/** What a provider said of whoever came from there, until the person who is signed in here answers. First on its page: they came for it. */
export function PendingLink() {
  const { data } = useQuery(identitiesQuery);
  const [later, setLater] = useState(false);
  const confirm = useConfirmLink();
  if (!data?.pending || later) return null;
  const { label, email } = data.pending;
  return (
    <div data-testid="pending-link" role="alert" className="mt-4 space-y-3 rounded-control bg-well p-4">
      <p className="wrap-anywhere">
        Link <strong>{label}</strong>{email && <> ({email})</>} to this account? Whoever is signed in there can then sign in here.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          look="film" busy={confirm.isPending}
          onClick={() => confirm.mutate(undefined, { onError: (problem) => toast(explain(problem)), onSuccess: () => toast(`${label} is linked`) })}
        >
          Link {label}
        </Button>
        <Button look="quiet" onClick={() => setLater(true)}>Not now</Button>
      </div>
    </div>
  );
}
