import type { SubmitEvent } from "react";
import { useCreateAccount, type AccountWithPassword } from "../../api/admin";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";

/** An account for somebody else, with a password that is made up. */
export function NewAccountForm({ onClose, onMade }: { onClose: () => void; onMade: (account: AccountWithPassword) => void }) {
  const create = useCreateAccount();
  const refused = create.error instanceof Problem ? create.error : null;
  const [name, email] = [refused?.field("username"), refused?.field("email")];
  const message = create.error && !name && !email ? explain(create.error) : null;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (field: string) => { const value = data.get(field); return typeof value === "string" ? value.trim() : ""; };
    create.mutate({ username: text("username"), email: text("email"), role: data.get("admin") ? "admin" : "member" }, { onSuccess: onMade });
  };
  return (
    <Dialog label="New account" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="new-account" noValidate onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">New account</h2>
        <Field name="username" label="User name" autoComplete="off" autoCapitalize="none" spellCheck={false} data-initial-focus error={name} />
        <Field name="email" type="email" label="E-mail address" autoComplete="off" error={email} />
        <label className="flex items-center gap-2.5"><input type="checkbox" name="admin" className="size-4" />May administer</label>
        {message && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{message}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={create.isPending}>Make the account</Button>
        </div>
      </form>
    </Dialog>
  );
}
