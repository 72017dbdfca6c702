import { command } from "../../scripts/mongo-wire.mjs";

/** What auth keeps of people, and asks for where it does not know somebody yet. */
const identity = ["users", "sessions", "old_refresh_tokens", "api_keys", "identities", "totp", "passkeys", "organizations", "members"];

/** Operations of any kind on those, as a stack's MongoDB has counted them since its start. */
export async function identityReads(stack) {
  const port = Number(new URL(stack.env.PHOTURE_DATABASE_URL).port);
  const { totals } = await command(port, { top: 1, $db: "admin" });
  const counts = identity.map((collection) => totals[`photure.${collection}`]?.total.count ?? 0);
  return counts.reduce((sum, count) => sum + count, 0);
}
