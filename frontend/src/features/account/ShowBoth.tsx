import { useState, type SubmitEvent } from "react";
import { explain, Problem } from "../../api/problem";
import type { BothFactors } from "../../api/twoStep";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { textOf } from "./textOf";

interface Props {
  title: string;
  lead: string;
  action: string;
  danger?: boolean;
  busy: boolean;
  error: Error | null;
  onShown: (both: BothFactors) => void;
  onClose: () => void;
}

/** Asks for both factors, before what a session that was left open must not be able to do. */
export function ShowBoth({ title, lead, action, danger = false, busy, error, onShown, onClose }: Props) {
  const [recovering, setRecovering] = useState(false);
  const refused = error instanceof Problem ? error : null;
  const errors = {
    password: refused?.field("password") && "That is not your password.",
    code: refused?.field("code") && (recovering ? "This is none of your codes, or it was used before." : "This code is wrong or was used before. Wait for the next one."),
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const code = textOf(form, "code");
    onShown({ password: textOf(form, "password"), ...(recovering ? { recovery_code: code } : { code }) });
  };
  return (
    <Dialog label={title} onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="show-both" onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">{title}</h2>
          <p className="mt-2 text-soft">{lead}</p>
        </div>
        <Field name="password" type="password" label="Your password" autoComplete="current-password" required data-initial-focus error={errors.password} />
        {recovering
          ? <Field key="recovery" name="code" label="Recovery code" autoComplete="off" autoCapitalize="none" spellCheck={false} required maxLength={64} error={errors.code} />
          : <Field key="code" name="code" label="Code of your app" autoComplete="one-time-code" inputMode="numeric" required maxLength={16} error={errors.code} />}
        <button type="button" onClick={() => setRecovering(!recovering)} className="text-small font-semibold underline decoration-film decoration-2 underline-offset-4">
          {recovering ? "Use the app instead" : "Use a recovery code"}
        </button>
        {error && !errors.password && !errors.code && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look={danger ? "danger" : "film"} busy={busy}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}
