import { useState } from "react";
import { hasClerk } from "../../api/clerk";
import { explain, Problem } from "../../api/problem";
import { refusedFromClerk, signInAtClerk } from "../../api/session";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { FormMessage } from "./FormMessage";

/** The way in for whoever has their session at Clerk. In a page that was built without it, nothing. */
export function WithClerk() {
  const refused = useStore(refusedFromClerk);
  const [busy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  if (!hasClerk) return null;
  const sign = async () => {
    setBusy(true);
    setMessage(null);
    try {
      await signInAtClerk();
    } catch (error) {
      setMessage(explainClerk(error));
      setBusy(false);
    }
  };
  const told = message ?? (refused === null ? null : explainClerk(refused));
  return (
    <div className="mt-3 space-y-3">
      <Button className="h-11 w-full" busy={busy} onClick={() => void sign()}>Sign in with Clerk</Button>
      {told && <FormMessage>{told}</FormMessage>}
    </div>
  );
}

/** Whoever came so far is who they say; that they are not let in is for the one who runs this to change. */
function explainClerk(error: unknown): string {
  const code = error instanceof Problem ? error.code : "";
  if (code === "account_disabled") return "This account is disabled. Ask whoever runs this Photure.";
  if (code === "registration_closed") return "You have no account here, and no new ones are taken. Ask whoever runs this Photure.";
  if (code === "token_invalid") return "This Photure does not know your Clerk. Whoever runs it has to tell it.";
  return explain(error);
}
