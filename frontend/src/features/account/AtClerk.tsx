import { useState } from "react";
import { clerk } from "../../api/clerk";
import { explain } from "../../api/problem";
import { atClerk } from "../../api/session";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { toast } from "../../ui/Toaster";
import { Section } from "./Section";

/** Where the session is that one is here with, if it is none of ours. */
export function AtClerk() {
  const is = useStore(atClerk);
  const [leaving, setLeaving] = useState(false);
  if (!is) return null;
  const leave = async () => {
    setLeaving(true);
    try {
      location.assign((await clerk()).profile());
    } catch (error) {
      toast(explain(error));
      setLeaving(false);
    }
  };
  return (
    <Section
      title="You are signed in at Clerk" lead="Your devices, your password there and its second step are on Clerk's pages. What is below is for signing in here without it."
      action={<Button busy={leaving} onClick={() => void leave()}>Open Clerk</Button>}
    />
  );
}
