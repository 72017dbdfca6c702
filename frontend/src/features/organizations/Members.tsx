import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { meQuery } from "../../api/account";
import { chooseLibrary, library } from "../../api/library";
import { membersQuery, useRemoveMember, type Member, type Organization, type Role } from "../../api/organizations";
import { explain } from "../../api/problem";
import { Button, Spinner } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { toast } from "../../ui/Toaster";
import { whyNot } from "./may";
import { MemberRow } from "./MemberRow";

/** Everybody in an organisation, and the way out of it. */
export function Members({ organization: { id, name }, mine }: { organization: Pick<Organization, "id" | "name">; mine: Role }) {
  const { data, error, isFetching, refetch } = useQuery(membersQuery(id));
  const { data: me } = useQuery(meQuery);
  const [going, setGoing] = useState<Member | null>(null);
  const remove = useRemoveMember(id);
  const isMe = going !== null && going.user_id === me?.id;

  const gone = ({ user_id, username }: Member) => {
    if (user_id !== me?.id) toast(`${username} is not in ${name} any more`);
    else if (library.get()?.id === id) chooseLibrary(null);
    else toast(`You have left ${name}`);
  };

  return (
    <>
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading the members</span></p>}
      {!data && error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      <ul data-testid="members" aria-label={`Members of ${name}`} className="divide-y divide-line">
        {data?.map((member) => (
          <MemberRow key={member.user_id} organization={id} member={member} mine={mine} isMe={member.user_id === me?.id} onRemove={() => setGoing(member)} />
        ))}
      </ul>
      {going && (
        <Confirm
          title={isMe ? `Leave ${name}?` : `Remove ${going.username} from ${name}?`} action={isMe ? "Leave" : "Remove"} busy={remove.isPending} onClose={() => setGoing(null)}
          onConfirm={() => remove.mutate(going.user_id, { onError: (problem) => toast(whyNot(problem)), onSuccess: () => gone(going), onSettled: () => setGoing(null) })}
        >
          {isMe ? "You no longer see its photos. What you added to it stays there." : "They no longer see its photos. What they added to it stays there."}
        </Confirm>
      )}
    </>
  );
}
