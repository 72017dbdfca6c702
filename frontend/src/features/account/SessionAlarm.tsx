import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionsQuery } from "../../api/sessions";
import { Icon } from "../../ui/Icon";

/** Tells whoever signs in that a session of theirs was ended for safety, until they have seen which. */
export function SessionAlarm() {
  const { data } = useQuery({ ...sessionsQuery, staleTime: 300_000 });
  if (!data?.some((session) => session.alarm)) return null;
  return (
    <p role="alert" data-testid="session-alarm" className="flex flex-wrap items-center justify-center gap-x-2 gap-y-1 bg-danger-wash px-4 py-2 text-small font-medium text-danger">
      <Icon name="warning" size={16} />
      A sign-in of yours was used from two places, and was ended for safety.
      <Link to="/account" className="underline underline-offset-4">See which</Link>
    </p>
  );
}
