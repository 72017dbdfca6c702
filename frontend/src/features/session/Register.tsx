import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { optionsQuery } from "../../api/links";
import { register, signIn } from "../../api/session";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { AuthFrame } from "./AuthFrame";
import { FormMessage } from "./FormMessage";
import { textLink } from "./textLink";
import { useForm } from "./useForm";

export function Register({ invitation }: { invitation: string }) {
  const { data: options } = useQuery(optionsQuery);
  const form = useForm(
    { username: "Choose a user name.", email: "Enter your e-mail address.", password: "Choose a password." },
    {
      username_taken: { field: "username", text: "Someone here already has this name. Choose another." },
      email_taken: { field: "email", text: "There is already an account with this address." },
      registration_closed: { text: "No new accounts are taken here. Ask whoever runs this Photure." },
      invitation_required: { text: "Accounts here are by invitation. Ask whoever runs this Photure for one." },
      invitation_invalid: { text: "This invitation was used or withdrawn, or has run out. Ask for another." },
    },
    async ({ username, email, password }) => {
      await register(username.trim(), email.trim(), password, invitation);
      await signIn(username.trim(), password);
    },
  );
  const haveOne = (
    <p className="mt-6 text-soft">
      Have one already? <Link to="/sign-in" className={textLink}>Sign in</Link>
    </p>
  );
  if (options?.registration === "closed") {
    return <AuthFrame title="No new accounts" lead="None are taken here. Whoever runs this Photure can make one for you.">{haveOne}</AuthFrame>;
  }
  if (options?.registration === "invitation" && !invitation) {
    return <AuthFrame title="By invitation" lead="Accounts here are for those who were invited. Open the link of your invitation, or ask whoever runs this Photure for one.">{haveOne}</AuthFrame>;
  }
  return (
    <AuthFrame title={invitation ? "You are invited" : "Make it yours"} lead="An account on this server, for photos that only you can see.">
      <form data-testid="register-form" noValidate onSubmit={form.onSubmit} className="space-y-5">
        <Field
          name="username" label="User name" autoComplete="username" autoCapitalize="none" spellCheck={false} required
          error={form.errors.username}
        />
        <Field name="email" type="email" label="E-mail" autoComplete="email" required error={form.errors.email} />
        <Field
          name="password" type="password" label="Password" autoComplete="new-password" required
          hint="A few words in a row are easy to keep and hard to guess." error={form.errors.password}
        />
        {form.message && <FormMessage>{form.message}</FormMessage>}
        <Button type="submit" look="film" busy={form.busy} className="h-11 w-full">Create account</Button>
      </form>
      {haveOne}
    </AuthFrame>
  );
}
