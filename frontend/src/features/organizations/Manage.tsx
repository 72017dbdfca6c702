import { useState } from "react";
import { useDeleteOrganization, useKeepOrganization, type Organization, type Role } from "../../api/organizations";
import { explain } from "../../api/problem";
import { formatDate } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { toast } from "../../ui/Toaster";
import { AddMember } from "./AddMember";
import { mayDelete, mayManage } from "./may";
import { Members } from "./Members";
import { Rename } from "./Rename";

interface Props {
  organization: Pick<Organization, "id" | "name" | "closes_at">;
  /** What whoever looks at it may do. Whoever administers the installation may do what its owners may. */
  mine: Role;
}

/** Who is in an organisation, and what may be done with it. */
export function Manage({ organization, mine }: Props) {
  const { id, name, closes_at } = organization;
  const [asking, setAsking] = useState<"rename" | "delete" | null>(null);
  const remove = useDeleteOrganization(id);
  const keep = useKeepOrganization(id);
  const failed = (problem: unknown) => toast(explain(problem));
  return (
    <div data-testid="organization" className="basis-full rounded-panel border border-line bg-sheet px-4 pb-4">
      <Members organization={organization} mine={mine} />
      {mayManage(mine) && <AddMember organization={organization} mine={mine} />}
      {mayManage(mine) && (
        <div className="mt-4 flex flex-wrap gap-2 border-t border-line pt-4">
          <Button onClick={() => setAsking("rename")}>Rename</Button>
          {mayDelete(mine) && closes_at === null && <Button look="danger" onClick={() => setAsking("delete")}>Delete organisation</Button>}
          {mayDelete(mine) && closes_at !== null && (
            <Button busy={keep.isPending} onClick={() => keep.mutate(undefined, { onError: failed, onSuccess: () => toast(`${name} stays`) })}>Keep organisation</Button>
          )}
        </div>
      )}
      {asking === "rename" && <Rename organization={organization} onClose={() => setAsking(null)} />}
      {asking === "delete" && (
        <Confirm
          title={`Delete ${name}?`} action="Delete organisation" busy={remove.isPending} onClose={() => setAsking(null)}
          onConfirm={() => remove.mutate(undefined, { onError: failed, onSuccess: (closing) => toast(told(closing)), onSettled: () => setAsking(null) })}
        >
          <p className="wrap-anywhere">Every photo of {name} goes with it, for everybody in it, also those in the trash. Nobody can bring them back once the time is up that your Photure gives. Until then you can keep it.</p>
        </Confirm>
      )}
    </div>
  );
}

const told = ({ name, closes_at }: Pick<Organization, "name" | "closes_at">) =>
  closes_at === null ? `${name} is to be deleted` : `${name} is deleted on ${formatDate(closes_at)}`;
