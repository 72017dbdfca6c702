import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../../api/problem";
import { sessionsQuery, useEndOtherSessions, useEndSession, type Session } from "../../api/sessions";
import { formatAgo, plural } from "../../lib/format";
import { Button, Spinner } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { toast } from "../../ui/Toaster";
import { deviceName } from "./device";
import { Section } from "./Section";

/** Where one is signed in, and the ways to end it. */
export function Sessions() {
  const { data, error, isFetching, refetch } = useQuery(sessionsQuery);
  const [asking, setAsking] = useState(false);
  const end = useEndSession();
  const endOthers = useEndOtherSessions();
  const failed = (problem: unknown) => toast(explain(problem));
  const others = data?.filter((session) => !session.current && !session.alarm).length ?? 0;

  // Whoever has a session here sees at least that one; theirs is elsewhere.
  if (data?.length === 0) return null;
  return (
    <Section
      title="Where you are signed in" lead="A device you sign out here loses access within half a minute."
      action={others > 0 && <Button onClick={() => setAsking(true)}>Sign out everywhere else</Button>}
    >
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading your devices</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      <ul data-testid="sessions" className="divide-y divide-line">
        {data?.map((session) => (
          <Row
            key={session.id} session={session} busy={end.isPending && end.variables === session.id}
            onEnd={() => end.mutate(session.id, { onError: failed, onSuccess: () => { if (!session.alarm) toast("Signed out there"); } })}
          />
        ))}
      </ul>
      {asking && (
        <Confirm
          title="Sign out everywhere else?" action="Sign out" busy={endOthers.isPending} onClose={() => setAsking(false)}
          onConfirm={() => endOthers.mutate(undefined, { onError: failed, onSettled: () => setAsking(false) })}
        >
          {plural(others, "other device")} will have to sign in again. This one stays signed in.
        </Confirm>
      )}
    </Section>
  );
}

function Row({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const { device, address, last_used_at, current, alarm } = session;
  const name = deviceName(device);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={device ?? undefined}>
          {name}{current && <span className="ml-2 rounded-full bg-film px-2 py-0.5 text-small font-semibold text-on-film">This device</span>}
        </p>
        <p className="text-small text-soft">{address ? `${address}, ` : ""}last used {formatAgo(last_used_at, new Date())}</p>
        {alarm && (
          <p role="alert" className="mt-1 text-small font-medium text-danger">
            Ended for safety: its sign-in was used from two places. If that was not you, change your password.
          </p>
        )}
      </div>
      {!current && (
        <Button look={alarm ? "plain" : "quiet"} busy={busy} onClick={onEnd} aria-label={alarm ? `I have seen this: ${name}` : `Sign out ${name}`}>
          {alarm ? "I have seen this" : "Sign out"}
        </Button>
      )}
    </li>
  );
}
