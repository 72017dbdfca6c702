import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { meQuery } from "../../api/account";
import { useOpenOrganization } from "../../api/organizations";
import { formatBytes } from "../../lib/format";

/** Why files were refused that nothing is wrong with, and what helps. */
export function NoRoom() {
  const { data: me } = useQuery(meQuery);
  const organization = useOpenOrganization();
  // What an organisation keeps is known to administrators alone.
  const quota = organization ? null : me?.usage?.quota_bytes ?? null;
  return (
    <p role="alert" data-testid="no-room" className="border-b border-line bg-danger-wash px-4 py-2.5 text-small text-danger">
      <strong className="font-semibold">There is no room left{organization && ` in ${organization.name}`}{me?.usage && quota !== null && `: ${formatBytes(me.usage.bytes)} of ${formatBytes(quota)} are used`}.</strong>{" "}
      <Link to="/trash" className="font-semibold underline underline-offset-3">Empty {organization ? "its" : "your"} trash</Link>, or ask whoever runs this Photure for more; then try again.
    </p>
  );
}
