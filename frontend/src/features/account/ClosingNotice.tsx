import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/account";
import { formatDate } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { KeepAccount } from "./KeepAccount";

/** Tells on every page that the account is to be deleted. */
export function ClosingNotice() {
  const { data: me } = useQuery({ ...meQuery, staleTime: 300_000 });
  if (me?.closes_at == null) return null;
  return (
    <div role="alert" data-testid="closing" className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 bg-danger-wash px-4 py-2 text-small font-medium text-danger">
      <p className="flex items-center gap-2"><Icon name="warning" size={16} />Your account is deleted on {formatDate(me.closes_at)}, with every photo in it.</p>
      <KeepAccount />
    </div>
  );
}
