import { useState, type SubmitEvent } from "react";
import { explain } from "../../api/problem";
import { useSetQuota, type QuotaChoice, type Storage } from "../../api/storage";
import { formatBytes } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { amountOf, bytesOf, units, type Unit } from "./amount";

interface Props {
  /** A person or an organisation. */
  owner: { id: string; name: string };
  storage: Storage | undefined;
  defaultQuota: number | null;
  onClose: () => void;
  onSet: () => void;
}

/** How much somebody may keep: as everybody, an amount of their own, or as much as they like. */
export function QuotaForm({ owner: { id, name }, storage, defaultQuota, onClose, onSet }: Props) {
  const set = useSetQuota();
  const [quota, setQuota] = useState<QuotaChoice["quota"]>(storage?.quota ?? "default");
  const [before] = useState(() => (storage?.quota === "limited" && storage.quota_bytes !== null ? amountOf(storage.quota_bytes) : { amount: "", unit: "GB" }));
  const [wrong, setWrong] = useState(false);
  const kept = storage?.bytes ?? 0;
  const choices: [QuotaChoice["quota"], string][] = [
    ["default", `As everybody here: ${defaultQuota === null ? "no limit" : formatBytes(defaultQuota)}`],
    ["limited", "At most"],
    ["unlimited", "No limit"],
  ];

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => { const value = data.get(name); return typeof value === "string" ? value : ""; };
    const bytes = quota === "limited" ? bytesOf(text("amount"), text("unit") as Unit) : null;
    setWrong(quota === "limited" && bytes === null);
    if (quota === "limited" && bytes === null) return;
    set.mutate({ id, quota, ...(bytes === null ? {} : { quota_bytes: bytes }) }, { onSuccess: onSet });
  };

  return (
    <Dialog label={`Storage of ${name}`} onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="quota" noValidate onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">Storage of {name}</h2>
          <p className="mt-2 text-soft">They keep {formatBytes(kept)}, the trash included. Less than that deletes nothing; it only takes in nothing more.</p>
        </div>
        <fieldset className="space-y-3">
          <legend className="sr-only">How much they may keep</legend>
          {choices.map(([value, name]) => (
            <label key={value} className="flex items-center gap-2.5">
              <input type="radio" name="quota" value={value} checked={quota === value} onChange={() => setQuota(value)} className="size-4" />{name}
            </label>
          ))}
        </fieldset>
        {quota === "limited" && (
          <div className="flex items-start gap-2">
            <Field
              name="amount" label="Amount" inputMode="decimal" autoComplete="off" defaultValue={before.amount} className="flex-1" data-initial-focus
              error={wrong ? "Enter a number, such as 50." : undefined}
            />
            <label className="block">
              <span className="mb-1.5 block text-small font-semibold">Unit</span>
              <select name="unit" defaultValue={before.unit} className="h-11 rounded-control border border-line bg-sheet px-3 text-[1rem] hover:border-faint">
                {Object.keys(units).map((unit) => <option key={unit}>{unit}</option>)}
              </select>
            </label>
          </div>
        )}
        {set.error && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(set.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={set.isPending}>Set</Button>
        </div>
      </form>
    </Dialog>
  );
}
