import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { organizationsQuery, usageQuery, type Membership } from "../../api/organizations";
import { formatKept, formatShortDate } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Section } from "./Section";

const roles = { owner: "You are an owner", admin: "You are an admin", member: "You are a member" };

/** The groups one belongs to. `manage` shows one of them with its members. */
export function Organizations({ manage }: { manage: (organization: Membership) => ReactNode }) {
  const { data } = useQuery(organizationsQuery);
  if (!data || data.length === 0) return null;
  return (
    <Section title="Organisations" lead="People who share a library of photos with you. You change to it in the menu where you sign out.">
      <ul data-testid="organizations" className="divide-y divide-line">
        {data.map((organization) => <Row key={organization.id} organization={organization} manage={manage} />)}
      </ul>
    </Section>
  );
}

function Row({ organization, manage }: { organization: Membership; manage: (organization: Membership) => ReactNode }) {
  const [open, setOpen] = useState(false);
  const { id, name, role, closes_at } = organization;
  const { data: usage } = useQuery(usageQuery(id));
  const action = role === "member" ? "Members" : "Manage";
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        <p className="text-small text-soft">{roles[role]}</p>
        {usage && <p className="text-small text-soft tabular-nums">{formatKept(usage)}</p>}
        {closes_at !== null && <p className="text-small font-medium text-danger">To be deleted on {formatShortDate(closes_at)}</p>}
      </div>
      <Button look="quiet" aria-expanded={open} aria-label={`${action}: ${name}`} onClick={() => setOpen(!open)}>{action}</Button>
      {open && manage(organization)}
    </li>
  );
}
