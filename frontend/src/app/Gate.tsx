import { useState, type ReactNode } from "react";
import { atClerk, resume, session } from "../api/session";
import { useStore } from "../lib/store";
import { Logo } from "../ui/Logo";
import { ErrorState } from "../ui/States";

/** Holds everything back until it is known whether someone is signed in. */
export function Gate({ children }: { children: ReactNode }) {
  const state = useStore(session);
  const [trying, setTrying] = useState(false);
  if (state === "unknown") {
    return (
      <div role="status" className="grid min-h-dvh animate-[breathe_1.8s_ease-in-out_infinite] place-items-center">
        <Logo size={56} /><span className="sr-only">Opening Photure</span>
      </div>
    );
  }
  if (state === "unreachable") {
    const retry = async () => {
      setTrying(true);
      await resume();
      setTrying(false);
    };
    return (
      <main><ErrorState title="Photure does not answer" busy={trying} onRetry={() => void retry()}>
        Your photos are safe; only the way to them is closed. Check that the server runs and that you are on its network.
        {atClerk.get() && " You are signed in at Clerk, so the way there has to be open too."}
      </ErrorState></main>
    );
  }
  return children;
}
