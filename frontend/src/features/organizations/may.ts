import type { Role } from "../../api/organizations";
import { explain, Problem } from "../../api/problem";

/** What somebody may do in an organisation, as the server has it. `mine` is the role of whoever does it. */

export const roleName: Record<Role, string> = { owner: "Owner", admin: "Admin", member: "Member" };

/** Renaming it, and saying who is in it. */
export const mayManage = (mine: Role) => mine !== "member";

/** And nobody else: it goes with everything in it. */
export const mayDelete = (mine: Role) => mine === "owner";

/** What somebody of the role `theirs` may be made, that one too; nothing where it is not for this person to say. Owners are above admins. */
export function rolesFor(mine: Role, theirs: Role): Role[] {
  if (mine === "owner") return ["owner", "admin", "member"];
  return mine === "admin" && theirs !== "owner" ? ["admin", "member"] : [];
}

/** Everybody may leave. */
export const mayRemove = (mine: Role, theirs: Role, isMe: boolean) => isMe || rolesFor(mine, theirs).length > 0;

/** Why a member stays what they are. */
export const whyNot = (error: unknown) =>
  error instanceof Problem && error.code === "last_owner" ? "Nobody would be left who owns it. Make somebody else an owner first." : explain(error);
