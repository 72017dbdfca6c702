import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changePassword, meQuery } from "../../api/account";
import { useHasPassword } from "../../api/elsewhere";
import { explain, Problem } from "../../api/problem";
import { keys } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { toast } from "../../ui/Toaster";
import { Section } from "./Section";

const MIN_CHARS = 10;

/** A new password for an old one. */
export function Password() {
  const { data: me } = useQuery(meQuery);
  const isFirst = !useHasPassword();
  const client = useQueryClient();
  const change = useMutation({ mutationFn: changePassword, onSuccess: () => client.invalidateQueries({ queryKey: keys.identities }) });
  const [missing, setMissing] = useState<{ current?: string; new?: string }>({});
  const refused = change.error instanceof Problem ? change.error : null;
  const errors = {
    current: missing.current ?? (refused?.field("current") && "That is not your password."),
    new: missing.new ?? refused?.field("new"),
  };
  const message = change.error && !errors.current && !errors.new ? explain(change.error) : null;

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const text = (name: string) => { const value = data.get(name); return typeof value === "string" ? value : ""; };
    const values = { current: text("current"), new: text("new") };
    const lacks = {
      ...(values.current || isFirst ? {} : { current: "Enter the password you have now." }),
      ...(Array.from(values.new).length >= MIN_CHARS ? {} : { new: `Use at least ${MIN_CHARS} characters.` }),
    };
    setMissing(lacks);
    change.reset();
    if (Object.keys(lacks).length > 0) return;
    change.mutate(isFirst ? { new: values.new } : values, { onSuccess: () => { form.reset(); toast(isFirst ? "You have a password now" : "Your password is changed"); } });
  };

  return (
    <Section title="Password" lead={isFirst ? "You have none: somebody else signs you in. With one, you can sign in by yourself." : "A new password signs out every other device. API keys go on."}>
      <form data-testid="change-password" noValidate onSubmit={onSubmit} className="max-w-sm space-y-5 pt-2">
        <input type="text" name="username" autoComplete="username" value={me?.username ?? ""} readOnly hidden />
        {!isFirst && <Field name="current" type="password" label="Current password" autoComplete="current-password" error={errors.current} />}
        <Field name="new" type="password" label="New password" autoComplete="new-password" hint={`At least ${MIN_CHARS} characters; longer is stronger.`} error={errors.new} />
        {message && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{message}</p>}
        <Button type="submit" busy={change.isPending}>{isFirst ? "Set a password" : "Change password"}</Button>
      </form>
    </Section>
  );
}
