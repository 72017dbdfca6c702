import { useChangeMember, type Member, type Role } from "../../api/organizations";
import { formatShortDate } from "../../lib/format";
import { Button } from "../../ui/Button";
import { mayRemove, roleName, rolesFor, whyNot } from "./may";

interface Props {
  organization: string;
  member: Member;
  /** The role of whoever looks at it. */
  mine: Role;
  isMe: boolean;
  onRemove: () => void;
}

export function MemberRow({ organization, member: { user_id, username, role, joined_at }, mine, isMe, onRemove }: Props) {
  const change = useChangeMember(organization);
  const roles = rolesFor(mine, role);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate font-medium">
          {username}{isMe && <span className="ml-2 rounded-full bg-film px-2 py-0.5 text-small font-semibold text-on-film">You</span>}
        </p>
        <p className="text-small text-soft">Since {formatShortDate(joined_at)}</p>
        {change.error && <p role="alert" className="mt-1 text-small font-medium text-danger">{whyNot(change.error)}</p>}
      </div>
      <div className="flex items-center gap-1">
        {roles.length > 0 ? (
          <select
            aria-label={`Role of ${username}`} value={change.isPending ? change.variables.role : role} disabled={change.isPending}
            onChange={({ target }) => change.mutate({ user_id, role: target.value as Role })}
            className="h-10 rounded-control border border-line bg-sheet px-2 hover:border-faint"
          >
            {roles.map((each) => <option key={each} value={each}>{roleName[each]}</option>)}
          </select>
        ) : <span className="text-soft">{roleName[role]}</span>}
        {mayRemove(mine, role, isMe) && (
          <Button look="quiet" aria-label={isMe ? "Leave" : `Remove ${username}`} onClick={onRemove}>{isMe ? "Leave" : "Remove"}</Button>
        )}
      </div>
    </li>
  );
}
