import { useState, type SubmitEvent } from "react";
import { useAddMember, type Organization, type Role } from "../../api/organizations";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { toast } from "../../ui/Toaster";
import { roleName, rolesFor } from "./may";

/** Somebody who has an account here joins, without being asked. */
export function AddMember({ organization: { id, name }, mine }: { organization: Pick<Organization, "id" | "name">; mine: Role }) {
  const add = useAddMember(id);
  const [missing, setMissing] = useState(false);
  const refused = missing ? "Enter a user name or an address." : faultOf(add.error);

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const text = (field: string) => { const value = data.get(field); return typeof value === "string" ? value.trim() : ""; };
    const username = text("username");
    setMissing(username === "");
    add.reset();
    if (username === "") return;
    add.mutate({ username, role: text("role") as Role }, {
      onSuccess: (member) => {
        form.reset();
        toast(`${member.username} is in ${name} now`);
      },
    });
  };

  return (
    <form data-testid="add-member" noValidate onSubmit={onSubmit} className="border-t border-line pt-4">
      <div className="flex flex-wrap items-start gap-2">
        <Field name="username" label="Add somebody" placeholder="User name or e-mail address" autoComplete="off" autoCapitalize="none" spellCheck={false} className="min-w-0 flex-1 basis-48" error={refused} />
        <label className="block">
          <span className="mb-1.5 block text-small font-semibold">As</span>
          <select name="role" defaultValue="member" className="h-11 rounded-control border border-line bg-sheet px-3 text-[1rem] hover:border-faint">
            {rolesFor(mine, "member").map((role) => <option key={role} value={role}>{roleName[role]}</option>)}
          </select>
        </label>
        <Button type="submit" className="mt-[1.575rem] h-11" busy={add.isPending}>Add</Button>
      </div>
      {add.error && refused === undefined && <p role="alert" className="mt-3 rounded-control bg-danger-wash px-3.5 py-3 text-small font-medium text-danger">{explain(add.error)}</p>}
    </form>
  );
}

/** What is wrong with the name, where it is the name. */
function faultOf(error: Error | null): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  if (error.code === "user_not_found") return "Nobody here is called that.";
  if (error.code === "already_member") return "They are in it already.";
  return error.field("username");
}
