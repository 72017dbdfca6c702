import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useChangeEmail, type Email } from "../../api/email";
import { explain, Problem } from "../../api/problem";
import { totpQuery } from "../../api/twoStep";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { textOf } from "./textOf";

/** Another address, for whoever shows all that signing in would ask of them. */
export function ChangeEmail({ mail, onClose, onChanged }: { mail: boolean; onClose: () => void; onChanged: (now: Email) => void }) {
  const { data: totp } = useQuery(totpQuery);
  const [recovering, setRecovering] = useState(false);
  const change = useChangeEmail();
  const refused = change.error instanceof Problem ? change.error : null;
  const wrongCode = recovering ? "This is none of your codes, or it was used before." : "This code is wrong or was used before. Wait for the next one.";
  const errors = {
    email: refused?.field("email"),
    password: refused?.field("password") && "That is not your password.",
    code: refused?.field("code") && wrongCode,
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const code = textOf(form, "code");
    const proof = !totp?.enabled ? {} : recovering ? { recovery_code: code } : { code };
    change.mutate({ email: textOf(form, "email").trim(), password: textOf(form, "password"), ...proof }, { onSuccess: onChanged });
  };
  return (
    <Dialog label="Change your address" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="change-email" onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">Change your address</h2>
          <p className="mt-2 text-soft">
            {mail ? "A link is sent to the new one, and it counts when you open that. Until then the old one stays." : "It counts at once."}
          </p>
        </div>
        <Field name="email" type="email" label="New e-mail address" autoComplete="email" required maxLength={254} data-initial-focus error={errors.email} />
        <Field name="password" type="password" label="Your password" autoComplete="current-password" required error={errors.password} />
        {totp?.enabled && (recovering
          ? <Field key="recovery" name="code" label="Recovery code" autoComplete="off" autoCapitalize="none" spellCheck={false} required maxLength={64} error={errors.code} />
          : <Field key="code" name="code" label="Code of your app" autoComplete="one-time-code" inputMode="numeric" required maxLength={16} error={errors.code} />)}
        {totp?.enabled && (
          <button type="button" onClick={() => setRecovering(!recovering)} className="text-small font-semibold underline decoration-film decoration-2 underline-offset-4">
            {recovering ? "Use the app instead" : "Use a recovery code"}
          </button>
        )}
        {change.error && !errors.email && !errors.password && !errors.code && (
          <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(change.error)}</p>
        )}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={change.isPending}>Change address</Button>
        </div>
      </form>
    </Dialog>
  );
}
