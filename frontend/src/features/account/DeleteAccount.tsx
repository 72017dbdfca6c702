import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { deleteAccount, meQuery } from "../../api/account";
import { useHasPassword } from "../../api/elsewhere";
import { explain, Problem } from "../../api/problem";
import { keys } from "../../api/queries";
import { formatDate } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { KeepAccount } from "./KeepAccount";
import { Section } from "./Section";
import { textOf } from "./textOf";

/** Everything goes, after a while in which its owner may think again. */
export function DeleteAccount() {
  const { data: me } = useQuery(meQuery);
  const [asking, setAsking] = useState(false);
  if (!me) return null;
  if (me.closes_at !== null) {
    return (
      <Section title="Delete account" lead={`It is deleted on ${formatDate(me.closes_at)}, with every photo in it.`} action={<KeepAccount />}>
        <p>Until then all is as it was. Download what you want to have.</p>
      </Section>
    );
  }
  return (
    <Section title="Delete account" lead="With every photo in it. You are told when, and can change your mind until then." action={<Button look="danger" onClick={() => setAsking(true)}>Delete account</Button>}>
      {asking && <AskOnceMore username={me.username} onClose={() => setAsking(false)} />}
    </Section>
  );
}

function AskOnceMore({ username, onClose }: { username: string; onClose: () => void }) {
  const client = useQueryClient();
  const hasPassword = useHasPassword();
  const deletion = useMutation({ mutationFn: deleteAccount, onSuccess: () => client.invalidateQueries({ queryKey: keys.me }) });
  const [missing, setMissing] = useState(false);
  const isWrong = deletion.error instanceof Problem && deletion.error.field("password") !== undefined;
  const error = missing ? "Enter your password." : isWrong ? "That is not your password." : undefined;

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = textOf(event.currentTarget, "password");
    setMissing(hasPassword && password === "");
    deletion.reset();
    if (hasPassword && password === "") return;
    deletion.mutate(hasPassword ? { password } : {}, { onSuccess: onClose });
  };

  return (
    <Dialog label="Delete your account?" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form noValidate onSubmit={onSubmit} data-testid="delete-account" className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">Delete your account?</h2>
          <p className="mt-2 text-soft">Every photo of {username} goes with it, also those in the trash. Nobody can bring them back once the time is up.</p>
        </div>
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        {hasPassword && <Field name="password" type="password" label="Password" autoComplete="current-password" error={error} />}
        {deletion.error && !isWrong && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(deletion.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={deletion.isPending}>Delete account</Button>
        </div>
      </form>
    </Dialog>
  );
}
