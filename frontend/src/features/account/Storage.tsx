import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/account";
import { formatBytes, plural } from "../../lib/format";
import { UsageBar } from "../../ui/UsageBar";
import { Section } from "./Section";

/** What one keeps, and may keep. */
export function Storage() {
  const { data: me } = useQuery(meQuery);
  if (!me?.usage) return null;
  const { photos, bytes, quota_bytes: quota } = me.usage;
  const isFull = quota !== null && bytes >= quota;
  return (
    <Section title="Storage" lead={`${plural(photos, "photo")}. What is in the trash takes room too.`}>
      <div data-testid="storage" className="max-w-sm pt-2">
        <p className="font-medium tabular-nums">{formatBytes(bytes)}{quota === null ? " used" : ` of ${formatBytes(quota)} used`}</p>
        {quota !== null && <UsageBar bytes={bytes} quota={quota} className="mt-2 h-2" />}
        {isFull && <p className="mt-2 text-small font-medium text-danger">There is no room left. Empty your trash, or ask whoever runs this Photure for more.</p>}
      </div>
    </Section>
  );
}
