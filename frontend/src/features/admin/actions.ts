import type { AuditEntry } from "../../api/audit";
import { formatBytes, formatShortDate } from "../../lib/format";

interface Action {
  /** In the list to choose from. */
  name: string;
  /** After whoever did it; `whose` is the account it is about, "their own" where it is theirs, and `organization` the one it was done to. */
  said: (whose: string, entry: Pick<AuditEntry, "detail" | "count">, organization: string) => string;
}

/** As an entry's detail tells it: bytes, or a word. */
function allowance(detail: string | null): string {
  if (detail === "default") return "as everybody";
  return detail === null || detail === "unlimited" ? "no limit" : formatBytes(Number(detail));
}

/** A role in an organisation. */
const as = (role: string | null) => (role === null ? "" : role === "member" ? ", as a member" : `, as an ${role}`);

export const actions: Record<string, Action> = {
  "session.opened": { name: "Signed in", said: () => "signed in" },
  "session.refused": { name: "Sign-in refused", said: (whose, { count }) => `was refused at ${whose} account${count > 1 ? `, ${count} times more` : ""}` },
  "session.ended": { name: "Signed out", said: (whose) => `ended a session of ${whose} account` },
  "session.all_ended": { name: "Signed out everywhere", said: (whose, { detail }) => (detail === "everyone" ? "ended every session of everyone" : `ended the sessions of ${whose} account`) },
  "session.token_reused": { name: "Sign-in used twice", said: (whose) => `used a sign-in of ${whose} account a second time; the session was ended` },
  "password.changed": { name: "Password changed", said: (whose) => `changed ${whose} password` },
  "password.reset": { name: "Password reset", said: (whose) => `gave ${whose} account another password` },
  "second_factor.on": { name: "Two-step sign-in on", said: (whose) => `turned two-step sign-in of ${whose} account on` },
  "second_factor.off": { name: "Two-step sign-in off", said: (whose) => `turned two-step sign-in of ${whose} account off` },
  "second_factor.refused": { name: "Code refused", said: (whose, { count }) => `showed a wrong code for ${whose} account${count > 1 ? `, ${count} times more` : ""}` },
  "recovery_code.used": { name: "Recovery code used", said: (whose) => `used a recovery code of ${whose} account` },
  "recovery_code.all_renewed": { name: "Recovery codes renewed", said: (whose) => `made other recovery codes for ${whose} account` },
  "passkey.added": { name: "Passkey added", said: (whose) => `added a passkey to ${whose} account` },
  "passkey.removed": { name: "Passkey removed", said: (whose) => `removed a passkey of ${whose} account` },
  "password.link_made": { name: "Password link made", said: (whose) => `asked for a link to a new password for ${whose} account` },
  "password.reset_by_link": { name: "Password reset by link", said: (whose) => `chose a new password for ${whose} account with a link` },
  "email.link_made": { name: "Address to be confirmed", said: (whose) => `was sent a link to confirm an address of ${whose} account` },
  "email.confirmed": { name: "Address confirmed", said: (whose) => `confirmed the address of ${whose} account` },
  "email.changed": { name: "Address changed", said: (whose) => `changed the address of ${whose} account` },
  "invitation.made": { name: "Invitation made", said: () => "invited somebody" },
  "invitation.withdrawn": { name: "Invitation withdrawn", said: () => "withdrew an invitation" },
  "invitation.used": { name: "Invitation used", said: (whose) => `made ${whose} account with an invitation` },
  "identity.linked": { name: "Provider linked", said: (whose, { detail }) => `linked ${whose} account with ${detail ?? "a provider"}` },
  "identity.unlinked": { name: "Provider unlinked", said: (whose, { detail }) => `unlinked ${whose} account from ${detail ?? "a provider"}` },
  "api_key.created": { name: "API key made", said: (whose) => `made an API key of ${whose} account` },
  "api_key.deleted": { name: "API key deleted", said: (whose) => `deleted an API key of ${whose} account` },
  "account.created": { name: "Account made", said: (whose, { detail }) => `made ${whose} account${detail === "admin" ? ", an admin’s" : ""}` },
  "account.disabled": { name: "Account disabled", said: (whose) => `disabled ${whose} account` },
  "account.enabled": { name: "Account enabled", said: (whose) => `enabled ${whose} account` },
  "account.closing": { name: "Account to be deleted", said: (whose, { detail }) => `asked for ${whose} account to be deleted${detail ? ` on ${formatShortDate(detail)}` : ""}` },
  "account.kept": { name: "Account kept", said: (whose) => `kept ${whose} account from being deleted` },
  "account.closed": { name: "Account closed", said: (whose) => `closed ${whose} account, whose time was up` },
  "account.deleted": { name: "Account deleted", said: (whose) => `deleted ${whose} account with everything in it` },
  "username.changed": { name: "Name changed", said: (whose) => `changed the name of ${whose} account` },
  "account.role_changed": { name: "Role changed", said: (whose, { detail }) => `made ${whose} account ${detail === "admin" ? "an admin’s" : "a member’s"}` },
  "quota.changed": { name: "Quota changed", said: (whose, { detail }) => `decided how much ${whose} account may keep: ${allowance(detail)}` },
  "organization.created": { name: "Organisation made", said: (_, { detail }) => `made the organisation ${detail ?? ""}`.trim() },
  "organization.renamed": { name: "Organisation renamed", said: (_, { detail }, organization) => `renamed ${organization}${detail ? ` to ${detail}` : ""}` },
  "organization.closing": { name: "Organisation to be deleted", said: (_, { detail }, organization) => `asked for ${organization} to be deleted${detail ? ` on ${formatShortDate(detail)}` : ""}` },
  "organization.kept": { name: "Organisation kept", said: (_, __, organization) => `kept ${organization} from being deleted` },
  "organization.closed": { name: "Organisation closed", said: (_, __, organization) => `closed ${organization}` },
  "organization.deleted": { name: "Organisation deleted", said: (_, __, organization) => `deleted ${organization} with everything in it` },
  "organization.member_added": { name: "Member added", said: (whose, { detail }, organization) => `added ${whose} account to ${organization}${as(detail)}` },
  "organization.member_changed": { name: "Member’s role changed", said: (whose, { detail }, organization) => `changed what ${whose} account may do in ${organization}${as(detail)}` },
  "organization.member_removed": { name: "Member removed", said: (whose, _, organization) => `took ${whose} account out of ${organization}` },
  "organization.inherited": { name: "Organisation inherited", said: (whose, _, organization) => `made ${whose} account own ${organization}, whose last owner went` },
  "signing_key.added": { name: "Signing key added", said: () => "added a key that signs tokens" },
  "signing_key.replaced_all": { name: "Signing keys replaced", said: () => "withdrew all keys that sign tokens and made another" },
};

const kinds: Record<string, string> = { stranger: "Somebody", operator: "The operator", photure: "Photure" };

/** One entry as a sentence. An account whose name is not at hand is called by the end of its id. */
export function told(entry: Pick<AuditEntry, "actor" | "action" | "account_id" | "thing_id" | "detail" | "count">, nameOf: (id: string) => string | undefined): string {
  const called = (id: string) => nameOf(id) ?? `…${id.slice(-6)}`;
  const { actor, action, account_id, thing_id } = entry;
  const name = actor.user_id ? called(actor.user_id) : kinds[actor.kind] ?? actor.kind;
  const who = actor.kind === "program" ? `A program of ${name}` : name;
  const whose = account_id === null ? "an unknown" : account_id === actor.user_id ? "their own" : `${called(account_id)}’s`;
  const group = thing_id === null ? undefined : nameOf(thing_id);
  const organization = group === undefined ? "an organisation" : `the organisation ${group}`;
  return `${who} ${actions[action]?.said(whose, entry, organization) ?? action}`;
}
