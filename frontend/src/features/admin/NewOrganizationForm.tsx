import { useState, type SubmitEvent } from "react";
import { useCreateOrganization, type Organization } from "../../api/organizations";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";

/** Whoever makes one is its first owner. */
export function NewOrganizationForm({ onClose, onMade }: { onClose: () => void; onMade: (organization: Organization) => void }) {
  const create = useCreateOrganization();
  const [missing, setMissing] = useState(false);
  const fault = missing ? "Give it a name." : create.error instanceof Problem ? create.error.field("name") : undefined;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get("name");
    const name = typeof value === "string" ? value.trim() : "";
    setMissing(name === "");
    create.reset();
    if (name !== "") create.mutate(name, { onSuccess: onMade });
  };
  return (
    <Dialog label="New organisation" onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="new-organization" noValidate onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <div>
          <h2 className="text-title font-semibold tracking-tight">New organisation</h2>
          <p className="mt-2 text-soft">You own it, and add the others. Its photos belong to all of them together.</p>
        </div>
        <Field name="name" label="Name" placeholder="Family" maxLength={100} autoComplete="off" data-initial-focus error={fault} />
        {create.error && fault === undefined && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(create.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={create.isPending}>Make the organisation</Button>
        </div>
      </form>
    </Dialog>
  );
}
