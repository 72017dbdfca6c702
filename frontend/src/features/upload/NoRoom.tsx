import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { meQuery } from "../../api/account";
import { usageQuery, useOpenOrganization } from "../../api/organizations";
import { formatBytes } from "../../lib/format";

/** Why files were refused that nothing is wrong with, and what helps. */
export function NoRoom() {
  const organization = useOpenOrganization();
  const mayEmpty = organization?.role !== "member";
  const { data: me } = useQuery(meQuery);
  const { data: theirs } = useQuery({ ...usageQuery(organization?.id ?? ""), enabled: organization !== null });
  const usage = organization ? theirs : me?.usage;
  const full = usage && usage.quota_bytes !== null ? `: ${formatBytes(usage.bytes)} of ${formatBytes(usage.quota_bytes)} are used` : "";
  return (
    <p role="alert" data-testid="no-room" className="border-b border-line bg-danger-wash px-4 py-2.5 text-small text-danger">
      <strong className="font-semibold">There is no room left{organization && ` in ${organization.name}`}{full}.</strong>{" "}
      {mayEmpty
        ? <Link to="/trash" className="font-semibold underline underline-offset-3">Empty {organization ? "its" : "your"} trash</Link>
        : "Ask its owners or admins to empty its trash"}, or ask whoever runs this Photure for more; then try again.
    </p>
  );
}
