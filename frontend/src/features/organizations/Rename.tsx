import { useState, type SubmitEvent } from "react";
import { useRenameOrganization, type Organization } from "../../api/organizations";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";

export function Rename({ organization: { id, name }, onClose }: { organization: Pick<Organization, "id" | "name">; onClose: () => void }) {
  const rename = useRenameOrganization(id);
  const [missing, setMissing] = useState(false);
  const fault = missing ? "Give it a name." : rename.error instanceof Problem ? rename.error.field("name") : undefined;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get("name");
    const wanted = typeof value === "string" ? value.trim() : "";
    setMissing(wanted === "");
    rename.reset();
    if (wanted !== "") rename.mutate(wanted, { onSuccess: onClose });
  };
  return (
    <Dialog label={`Rename ${name}`} onClose={onClose} className="w-[min(28rem,calc(100vw-2rem))]">
      <form data-testid="rename-organization" noValidate onSubmit={onSubmit} className="animate-[rise_160ms_var(--ease-out)] space-y-5 rounded-panel bg-sheet p-6 shadow-float">
        <h2 className="text-title font-semibold tracking-tight wrap-anywhere">Rename {name}</h2>
        <Field name="name" label="Name" defaultValue={name} maxLength={100} autoComplete="off" data-initial-focus error={fault} />
        {rename.error && fault === undefined && <p role="alert" className="rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(rename.error)}</p>}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button type="submit" look="film" busy={rename.isPending}>Rename</Button>
        </div>
      </form>
    </Dialog>
  );
}
