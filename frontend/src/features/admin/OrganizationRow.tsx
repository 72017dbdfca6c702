import { useState, type ReactNode } from "react";
import type { OrganizationSummary } from "../../api/organizations";
import { formatShortDate, plural } from "../../lib/format";
import { Button } from "../../ui/Button";

interface Props {
  organization: OrganizationSummary;
  /** Undefined while it is not known. */
  kept: string | undefined;
  onStorage: () => void;
  manage: (organization: OrganizationSummary) => ReactNode;
}

export function OrganizationRow({ organization, kept, onStorage, manage }: Props) {
  const [open, setOpen] = useState(false);
  const { name, created_at, closes_at, members } = organization;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="truncate font-medium">{name}</p>
        {closes_at !== null && <p className="text-small font-medium text-danger">To be deleted on {formatShortDate(closes_at)}</p>}
        <p className="text-small text-soft">{plural(members, "member")}, since {formatShortDate(created_at)}</p>
        {kept !== undefined && <p className="text-small text-soft tabular-nums">{kept}</p>}
      </div>
      <div className="flex flex-wrap gap-1">
        <Button look="quiet" aria-label={`Storage: ${name}`} onClick={onStorage}>Storage</Button>
        <Button look="quiet" aria-expanded={open} aria-label={`Manage: ${name}`} onClick={() => setOpen(!open)}>Manage</Button>
      </div>
      {open && manage(organization)}
    </li>
  );
}
