import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { forgotPassword, optionsQuery } from "../../api/links";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { AuthFrame } from "./AuthFrame";
import { FormMessage } from "./FormMessage";
import { textLink } from "./textLink";
import { useForm } from "./useForm";

/** Asks for a link to a new password. It looks the same whether there is such an account or not. */
export function ForgotPassword() {
  const { data: options } = useQuery(optionsQuery);
  const [sent, setSent] = useState(false);
  const form = useForm(
    { username: "Enter your user name or e-mail address." },
    {
      mail_off: { text: "No mail is sent here. Ask whoever runs this Photure for a link." },
      rate_limited: { text: "That was asked for too often. Wait a few minutes." },
    },
    async ({ username }) => {
      await forgotPassword(username.trim());
      setSent(true);
    },
  );
  const back = <p className="mt-6 text-soft"><Link to="/sign-in" className={textLink}>Back to sign-in</Link></p>;
  if (options?.password_by_mail === false) {
    return (
      <AuthFrame title="Forgotten password" lead="This Photure sends no mail. Ask whoever runs it: an administrator can make you a link with which you choose a new one.">
        {back}
      </AuthFrame>
    );
  }
  if (sent) {
    return (
      <AuthFrame title="Look into your mail" lead="If there is such an account, a link is on its way to its address. It is good for an hour, once.">
        <FormMessage calm>Nothing there after a few minutes? Look among what your mail provider takes for spam.</FormMessage>
        {back}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Forgotten password" lead="A link to a new one is sent to the address of your account.">
      <form data-testid="forgot-form" noValidate onSubmit={form.onSubmit} className="space-y-5">
        <Field
          name="username" label="User name or e-mail" autoComplete="username" autoCapitalize="none" spellCheck={false} required
          error={form.errors.username}
        />
        {form.message && <FormMessage>{form.message}</FormMessage>}
        <Button type="submit" look="film" busy={form.busy} className="h-11 w-full">Send me a link</Button>
      </form>
      {back}
    </AuthFrame>
  );
}
