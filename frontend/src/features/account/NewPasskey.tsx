import { type SubmitEvent } from "react";
import { useAddPasskey } from "../../api/passkeys";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { deviceName } from "./device";
import { textOf } from "./textOf";

/** A name for the device, and the password once more; then the browser takes over. */
export function NewPasskey({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const add = useAddPasskey();
  const refused = add.error instanceof Problem ? add.error : null;
  const errors = { name: refused?.field("name"), password: refused?.field("password") && "That is not your password." };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    add.mutate({ name: textOf(form, "name").trim(), password: textOf(form, "password") }, { onSuccess: onAdded });
  };
  return (
    <Dialog label="Add a passkey" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="new-passkey" onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">Add a passkey</h2>
          <p className="mt-2 text-soft">Your browser asks where to keep it. Whoever can unlock that place can sign in as you.</p>
        </div>
        <Field name="name" label="What you call it" defaultValue={deviceName(navigator.userAgent)} maxLength={100} autoComplete="off" required data-initial-focus error={errors.name} />
        <Field name="password" type="password" label="Your password" autoComplete="current-password" required error={errors.password} />
        {add.error && !errors.name && !errors.password && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(add.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={add.isPending}>Continue</Button>
        </div>
      </form>
    </Dialog>
  );
}
