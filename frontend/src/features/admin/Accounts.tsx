import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { accountsQuery, useChangeAccount, useDeleteAccount, useEndSessionsOf, useKeepAccount, useMakePasswordLink, useResetPassword, type Account, type AccountWithPassword } from "../../api/admin";
import { explain } from "../../api/problem";
import { storageQuery } from "../../api/storage";
import { Button, Spinner } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { SecretOnce } from "../../ui/SecretOnce";
import { toast } from "../../ui/Toaster";
import { AccountRow, keptBy } from "./AccountRow";
import { NewAccountForm } from "./NewAccountForm";
import { QuotaForm } from "./QuotaForm";
import { asked, type Step } from "./steps";

/** Everyone who has an account here, and what an administrator may do to it. */
export function Accounts({ me }: { me: string }) {
  const { data, error, isFetching, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(accountsQuery);
  const [asking, setAsking] = useState<{ step: Step; account: Account } | null>(null);
  const { data: storage } = useQuery(storageQuery);
  const [allotting, setAllotting] = useState<Account | null>(null);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<AccountWithPassword | null>(null);
  const change = useChangeAccount();
  const endSessions = useEndSessionsOf();
  const reset = useResetPassword();
  const makeLink = useMakePasswordLink();
  const remove = useDeleteAccount();
  const keep = useKeepAccount();
  const [link, setLink] = useState<{ username: string; link: string } | null>(null);
  const busy = change.isPending || endSessions.isPending || [reset, makeLink, remove, keep].some(({ isPending }) => isPending);

  const done = (said: string) => ({
    onError: (problem: unknown) => toast(explain(problem)),
    onSuccess: () => toast(said),
    onSettled: () => setAsking(null),
  });
  const take = (step: Step, account: Account) => {
    const { id, username } = account;
    const taken: Record<Step, () => void> = {
      "make-admin": () => { change.mutate({ id, role: "admin" }, done(`${username} may administer now`)); },
      "make-member": () => { change.mutate({ id, role: "member" }, done(`${username} may not administer any more`)); },
      "disable": () => { change.mutate({ id, disabled: true }, done(`${username} is shut out`)); },
      "enable": () => { change.mutate({ id, disabled: false }, done(`${username} can sign in again`)); },
      "sign-out": () => { endSessions.mutate(id, done(`${username} is signed out everywhere`)); },
      "delete": () => { remove.mutate(id, done(`${username} is to be deleted`)); },
      "keep": () => { keep.mutate(id, done(`${username} stays`)); },
      "password-link": () => {
        makeLink.mutate(account, { onError: (problem) => toast(explain(problem)), onSuccess: (made) => setLink({ username, link: made.link }), onSettled: () => setAsking(null) });
      },
      "reset-password": () => { reset.mutate(id, { onError: (problem) => toast(explain(problem)), onSuccess: setMade, onSettled: () => setAsking(null) }); },
    };
    taken[step]();
  };
  const accounts = data?.pages.flatMap(({ items }) => items);
  const question = asking && asked(asking.step, asking.account.username);

  return (
    <section>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-3">
        <p className="text-soft">Changes count on every device within half a minute.</p>
        <Button onClick={() => setMaking(true)}>New account</Button>
      </header>
      {!accounts && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading the accounts</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      <ul data-testid="accounts" className="divide-y divide-line">
        {accounts?.map((account) => (
          <AccountRow
            key={account.id} account={account} isMe={account.id === me}
            kept={storage && keptBy(storage.owners.get(account.id), storage.defaultQuota)} onStorage={() => setAllotting(account)}
            onStep={(step) => { if (step === "enable" || step === "keep") take(step, account); else setAsking({ step, account }); }}
          />
        ))}
      </ul>
      {hasNextPage && <Button className="my-4" busy={isFetching} onClick={() => void fetchNextPage()}>More</Button>}
      {asking && question && (
        <Confirm title={question.title} action={question.action} busy={busy} onClose={() => setAsking(null)} onConfirm={() => take(asking.step, asking.account)}>
          {question.told}
        </Confirm>
      )}
      {allotting && storage && (
        <QuotaForm
          owner={{ id: allotting.id, name: allotting.username }} storage={storage.owners.get(allotting.id)} defaultQuota={storage.defaultQuota} onClose={() => setAllotting(null)}
          onSet={() => { setAllotting(null); toast(`How much ${allotting.username} may keep is changed`); }}
        />
      )}
      {making && <NewAccountForm onClose={() => setMaking(false)} onMade={(account) => { setMaking(false); setMade(account); }} />}
      {made?.password != null && (
        <SecretOnce
          label={`The password of ${made.username}`} title={`A password for ${made.username}`} secret={made.password} testId="made-up-password"
          lead="Give it to them; they can change it under Account. It cannot be shown again." onClose={() => setMade(null)}
        />
      )}
      {link && (
        <SecretOnce
          label={`A link for ${link.username}`} title={`A link for ${link.username}`} secret={link.link} testId="password-link"
          lead="Give it to them in a way that nobody else reads. It is good for an hour, once." onClose={() => setLink(null)}
        />
      )}
    </section>
  );
}
