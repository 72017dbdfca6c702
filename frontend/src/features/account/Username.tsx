import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent } from "react";
import { changeUsername, meQuery } from "../../api/account";
import { explain, Problem } from "../../api/problem";
import { keys } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { toast } from "../../ui/Toaster";
import { Section } from "./Section";
import { textOf } from "./textOf";

/** What one is called, and signs in with. */
export function Username() {
  const { data: me } = useQuery(meQuery);
  const client = useQueryClient();
  const change = useMutation({ mutationFn: changeUsername, onSuccess: () => client.invalidateQueries({ queryKey: keys.me }) });
  const fault = change.error instanceof Problem ? change.error.field("username") : undefined;
  if (!me) return null;

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const username = textOf(event.currentTarget, "username");
    if (username !== me.username) change.mutate(username, { onSuccess: () => toast(`You are ${username} from now on`) });
  };

  return (
    <Section title="Name" lead="What others see, and what you sign in with.">
      <form key={me.username} data-testid="username" noValidate onSubmit={onSubmit} className="max-w-sm space-y-5 pt-2">
        <Field name="username" type="text" label="User name" autoComplete="username" defaultValue={me.username} error={fault} />
        {change.error && !fault && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(change.error)}</p>}
        <Button type="submit" busy={change.isPending}>Change name</Button>
      </form>
    </Section>
  );
}
