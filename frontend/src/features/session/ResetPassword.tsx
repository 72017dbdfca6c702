import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { resetPassword } from "../../api/links";
import { session, signOut } from "../../api/session";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { AuthFrame } from "./AuthFrame";
import { FormMessage } from "./FormMessage";
import { textLink } from "./textLink";
import { useForm } from "./useForm";

/** A new password, for whoever has the link. */
export function ResetPassword({ token }: { token: string }) {
  const [done, setDone] = useState(false);
  const form = useForm(
    { password: "Choose a password." },
    {
      link_invalid: { text: "This link was used, or has run out. Ask for another." },
      account_disabled: { text: "This account is disabled. Ask whoever runs this Photure." },
      rate_limited: { text: "That was tried too often. Wait a few minutes." },
    },
    async ({ password }) => {
      await resetPassword(token, password);
      // The session of this browser has ended with all others.
      if (session.get() === "signed-in") await signOut();
      setDone(true);
    },
  );
  if (done) {
    return (
      <AuthFrame title="That is your password now" lead="Every device was signed out. API keys go on.">
        <Link to="/sign-in" className={textLink}>Sign in with it</Link>
      </AuthFrame>
    );
  }
  const another = <p className="mt-6 text-soft">Too late? <Link to="/forgot-password" className={textLink}>Ask for another link</Link></p>;
  if (!token) {
    return (
      <AuthFrame title="Half a link" lead="What makes it yours is missing at its end. Open it as it stands in the mail, in one piece.">
        {another}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="A new password" lead="Choose one. Every device of yours is signed out then.">
      <form data-testid="reset-form" noValidate onSubmit={form.onSubmit} className="space-y-5">
        <Field
          name="password" type="password" label="New password" autoComplete="new-password" required
          hint="A few words in a row are easy to keep and hard to guess." error={form.errors.password}
        />
        {form.message && <FormMessage>{form.message}</FormMessage>}
        <Button type="submit" look="film" busy={form.busy} className="h-11 w-full">Set the password</Button>
      </form>
      {another}
    </AuthFrame>
  );
}
