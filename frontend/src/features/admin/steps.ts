/** What an administrator may do to an account. */
export type Step = "make-admin" | "make-member" | "disable" | "enable" | "sign-out" | "password-link" | "reset-password" | "delete" | "keep";

export const stepName: Record<Step, string> = {
  "make-admin": "Make admin",
  "make-member": "Make member",
  "disable": "Disable",
  "enable": "Enable",
  "sign-out": "Sign out",
  "password-link": "Password link",
  "reset-password": "Reset password",
  "delete": "Delete",
  "keep": "Keep",
};

/** What is offered: of oneself only what somebody else could not better do. */
export function steps({ role, disabled, closes_at }: { role: "admin" | "member"; disabled: boolean; closes_at: string | null }, isMe: boolean): Step[] {
  if (closes_at !== null) return isMe ? [] : ["keep"];
  const other: Step[] = isMe ? [] : disabled ? ["reset-password", "enable", "delete"] : ["sign-out", "password-link", "reset-password", "disable", "delete"];
  return [role === "admin" ? "make-member" : "make-admin", ...other];
}

/** What is asked before it is done. */
export function asked(step: Step, name: string): { title: string; action: string; told: string } {
  const action = stepName[step];
  switch (step) {
    case "make-admin":
      return { title: `Make ${name} an admin?`, action, told: "They will be able to make, change and lock every account, yours too." };
    case "make-member":
      return { title: `Make ${name} a member?`, action, told: "They can no longer administer, and have to sign in again." };
    case "disable":
      return { title: `Disable ${name}?`, action, told: "They are signed out everywhere and cannot sign in; their API keys stop working. Their photos stay." };
    case "enable":
      return { title: `Enable ${name}?`, action, told: "They can sign in again." };
    case "sign-out":
      return { title: `Sign ${name} out?`, action, told: "Every device of theirs has to sign in again. API keys go on working." };
    case "password-link":
      return { title: `Make a link for ${name}?`, action: "Make the link", told: "It is shown to you once, for an hour. Whoever opens it chooses a new password for this account, which nobody else learns; devices are signed out then." };
    case "reset-password":
      return { title: `Give ${name} another password?`, action, told: "A password is made up and shown to you once. They are signed out everywhere." };
    case "delete":
      return { title: `Delete ${name}?`, action, told: "They are signed out everywhere and cannot sign in. When the time is up that your Photure gives them, every photo of theirs is deleted for good. Until then you can keep the account." };
    case "keep":
      return { title: `Keep ${name}?`, action, told: "The account is not deleted, and they can sign in again." };
  }
}
