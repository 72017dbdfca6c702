import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { optionsQuery } from "../../api/links";
import { signIn, type SecondFactor } from "../../api/session";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { AuthFrame } from "./AuthFrame";
import { FormMessage } from "./FormMessage";
import { SecondStep } from "./SecondStep";
import { textLink } from "./textLink";
import { useForm } from "./useForm";
import { WithClerk } from "./WithClerk";
import { WithPasskey } from "./WithPasskey";
import { WithProviders } from "./WithProviders";

export function SignIn({ ended, next }: { ended: boolean; next: string | undefined }) {
  const { data: options } = useQuery(optionsQuery);
  const [asked, setAsked] = useState<SecondFactor | null>(null);
  const [reason, setReason] = useState<string | null>(null);
  const form = useForm(
    { username: "Enter your user name or e-mail address.", password: "Enter your password." },
    { invalid_credentials: { text: "That name and password do not belong together. Check both and try again." } },
    async ({ username, password }) => {
      setReason(null);
      setAsked(await signIn(username.trim(), password));
    },
  );
  if (asked) return <SecondStep asked={asked} onAgain={(why) => { setAsked(null); setReason(why); }} />;
  return (
    <AuthFrame title="Welcome back" lead="Your photos are where you left them.">
      <form data-testid="login-form" noValidate onSubmit={form.onSubmit} className="space-y-5">
        {reason && !form.message && <FormMessage>{reason}</FormMessage>}
        {ended && !reason && !form.message && <FormMessage calm>Your session has ended. Sign in again to go on.</FormMessage>}
        <Field
          name="username" label="User name or e-mail" autoComplete="username" autoCapitalize="none" spellCheck={false} required
          error={form.errors.username}
        />
        <Field name="password" type="password" label="Password" autoComplete="current-password" required error={form.errors.password} />
        {form.message && <FormMessage>{form.message}</FormMessage>}
        <Button type="submit" look="film" busy={form.busy} className="h-11 w-full">Sign in</Button>
      </form>
      <WithPasskey />
      <WithProviders next={next} />
      <WithClerk />
      <p className="mt-6 text-soft"><Link to="/forgot-password" className={textLink}>Forgotten your password?</Link></p>
      {options?.registration !== "closed" && (
        <p className="mt-2 text-soft">
          New here? <Link to="/register" className={textLink}>Create an account</Link>
        </p>
      )}
    </AuthFrame>
  );
}
