import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { confirmEmail } from "../../api/links";
import { explain, Problem } from "../../api/problem";
import { keys } from "../../api/queries";
import { Button } from "../../ui/Button";
import { AuthFrame } from "./AuthFrame";
import { FormMessage } from "./FormMessage";
import { textLink } from "./textLink";

/** Confirms an address, at the press of a button: programs that open the links in people's mail press none. */
export function ConfirmEmail({ token }: { token: string }) {
  const client = useQueryClient();
  const confirm = useMutation({
    mutationFn: () => confirmEmail(token),
    onSuccess: () => Promise.all([keys.email, keys.me].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const on = <p className="mt-6 text-soft"><Link to="/" className={textLink}>Go to your photos</Link></p>;
  if (confirm.data !== undefined) {
    return <AuthFrame title="It is confirmed" lead={<><b className="font-semibold text-ink wrap-anywhere">{confirm.data}</b> is the address of your account.</>}>{on}</AuthFrame>;
  }
  if (!token) return <AuthFrame title="Half a link" lead="What makes it yours is missing at its end. Open it as it stands in the mail, in one piece.">{on}</AuthFrame>;
  return (
    <AuthFrame title="Is this address yours?" lead="You opened a link that was sent to it. Confirm that it is the address of your account here.">
      <div className="space-y-5">
        {confirm.error && <FormMessage>{told(confirm.error)}</FormMessage>}
        <Button look="film" busy={confirm.isPending} className="h-11 w-full" onClick={() => confirm.mutate()}>Confirm</Button>
      </div>
      {on}
    </AuthFrame>
  );
}

function told(error: Error): string {
  const code = error instanceof Problem ? error.code : "";
  if (code === "link_invalid") return "This link was used, or has run out. You can have another sent under Account.";
  if (code === "email_taken") return "By now another account here has this address.";
  return explain(error);
}
