import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { meQuery } from "../../api/account";
import { useCreateApiKey, type CreatedApiKey } from "../../api/apiKeys";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { lives, scopes } from "./scopes";

const DAY_MS = 86_400_000;

/** Name, reach and life of a new key. */
export function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (key: CreatedApiKey) => void }) {
  const { data: me } = useQuery(meQuery);
  const create = useCreateApiKey();
  const [missing, setMissing] = useState<{ name?: string; scopes?: string }>({});
  const refused = create.error instanceof Problem ? create.error : null;
  const nameError = missing.name ?? refused?.field("name");
  const message = create.error && !refused?.field("name") ? explain(create.error) : null;

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => { const value = data.get(name); return typeof value === "string" ? value : ""; };
    const name = text("name").trim();
    const chosen = data.getAll("scope").filter((scope) => typeof scope === "string");
    const lacks = { ...(name ? {} : { name: "Say what it is for." }), ...(chosen.length > 0 ? {} : { scopes: "Choose at least one." }) };
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    const days = Number(text("days"));
    const expires_at = days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    create.mutate({ name, scopes: chosen, expires_at }, { onSuccess: onMade });
  };

  return (
    <Dialog label="New API key" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="new-api-key" noValidate onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight">New API key</h2>
        <Field name="name" label="What it is for" placeholder="Nightly upload" maxLength={100} autoComplete="off" data-initial-focus error={nameError} />
        <fieldset>
          <legend className="mb-1.5 text-small font-semibold">What it may do</legend>
          {scopes.filter((scope) => !scope.adminOnly || me?.role === "admin").map(({ value, name }) => (
            <label key={value} className="flex items-center gap-2.5 py-1">
              <input type="checkbox" name="scope" value={value} defaultChecked={value.startsWith("photos:")} className="size-4" />{name}
            </label>
          ))}
          {missing.scopes && <p className="mt-1.5 text-small font-medium text-danger">{missing.scopes}</p>}
        </fieldset>
        <label className="block">
          <span className="mb-1.5 block text-small font-semibold">How long it is good</span>
          <select name="days" defaultValue="90" className="h-11 w-full rounded-control border border-line bg-sheet px-3 text-[1rem] hover:border-faint">
            {lives.map(({ days, name }) => <option key={name} value={days ?? 0}>{name}</option>)}
          </select>
        </label>
        {message && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{message}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={create.isPending}>Make the key</Button>
        </div>
      </form>
    </Dialog>
  );
}
