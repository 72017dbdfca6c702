import { useState } from "react";
import { explain, Problem } from "../../api/problem";
import { signInWithPasskey } from "../../api/session";
import { hasPasskeys } from "../../api/webauthn";
import { Button } from "../../ui/Button";
import { FormMessage } from "./FormMessage";

/** The way in without password and code. */
export function WithPasskey() {
  const [busy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  if (!hasPasskeys()) return null;
  const show = async () => {
    setBusy(true);
    setMessage(null);
    try {
      await signInWithPasskey();
    } catch (error) {
      setMessage(error instanceof Problem && error.code === "passkey_refused" ? "This passkey opens no account here. It may have been removed." : explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="mt-3 space-y-3">
      <Button className="h-11 w-full" busy={busy} onClick={() => void show()}>Sign in with a passkey</Button>
      {message && <FormMessage>{message}</FormMessage>}
    </div>
  );
}
