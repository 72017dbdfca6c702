import { type SubmitEvent } from "react";
import { explain, Problem } from "../../api/problem";
import { useConfirmTotp, useEnrolTotp, type TotpSecret } from "../../api/twoStep";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { textOf } from "./textOf";

/** Setting an authenticator app up: the password, then the secret, then a first code. */
export function EnrolTotp({ onClose, onOn }: { onClose: () => void; onOn: (recoveryCodes: string[]) => void }) {
  const enrol = useEnrolTotp();
  return (
    <Dialog label="Set up two-step sign-in" onClose={onClose} className="w-[min(30rem,calc(100vw-2rem))]">
      <div className="max-h-[calc(100dvh-2rem)] animate-[rise_160ms_var(--ease-out)] overflow-y-auto rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">Set up two-step sign-in</h2>
        {enrol.data
          ? <Confirm given={enrol.data} onClose={onClose} onOn={onOn} />
          : <Password busy={enrol.isPending} error={enrol.error} onClose={onClose} onShown={(password) => enrol.mutate(password)} />}
      </div>
    </Dialog>
  );
}

function Password({ busy, error, onClose, onShown }: { busy: boolean; error: Error | null; onClose: () => void; onShown: (password: string) => void }) {
  const wrong = error instanceof Problem && error.field("password") ? "That is not your password." : undefined;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onShown(textOf(event.currentTarget, "password"));
  };
  return (
    <form data-testid="enrol-password" onSubmit={onSubmit} className="mt-2 space-y-5">
      <p className="text-soft">You need an authenticator app, such as Aegis, 2FAS, Google Authenticator or your password manager.</p>
      <Field name="password" type="password" label="Your password" autoComplete="current-password" required data-initial-focus error={wrong} />
      {error && !wrong && <p role="alert" className="text-small font-medium text-danger">{explain(error)}</p>}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>Cancel</Button>
        <Button type="submit" look="film" busy={busy}>Continue</Button>
      </div>
    </form>
  );
}

function Confirm({ given, onClose, onOn }: { given: TotpSecret; onClose: () => void; onOn: (recoveryCodes: string[]) => void }) {
  const confirm = useConfirmTotp();
  const wrong = confirm.error instanceof Problem && confirm.error.field("code") ? "This is not the code that the app shows now." : undefined;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.mutate(textOf(event.currentTarget, "code"), { onSuccess: onOn });
  };
  return (
    <form data-testid="enrol-confirm" onSubmit={onSubmit} className="mt-2 space-y-5">
      <p className="text-soft">Scan this with the app.</p>
      {/* White whatever the theme: cameras want it so. */}
      <img
        src={`data:image/svg+xml,${encodeURIComponent(given.qr)}`} alt="QR code with the secret for your app" width={208} height={208}
        className="mx-auto rounded-control border border-line bg-white"
      />
      <div className="text-small text-soft">
        <p>
          Or <a href={given.uri} className="font-semibold text-ink underline decoration-film decoration-2 underline-offset-4">open the app on this device</a>,
          {" "}or type this into it:
        </p>
        <p data-testid="totp-secret" className="mt-2 rounded-control bg-well p-3 font-mono tracking-wide wrap-anywhere text-ink select-all">{inGroups(given.secret)}</p>
      </div>
      <Field
        name="code" label="Then enter the code it shows" autoComplete="one-time-code" inputMode="numeric" required maxLength={16} ref={focused}
        error={wrong}
      />
      {confirm.error && !wrong && <p role="alert" className="text-small font-medium text-danger">{explain(confirm.error)}</p>}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>Cancel</Button>
        <Button type="submit" look="film" busy={confirm.isPending}>Turn on</Button>
      </div>
    </form>
  );
}

const inGroups = (secret: string) => secret.replace(/(.{4})(?=.)/g, "$1 ");

/** The dialogue is open already when it comes. */
const focused = (input: HTMLInputElement | null) => input?.focus();
