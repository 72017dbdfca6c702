import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keepAccount } from "../../api/account";
import { explain } from "../../api/problem";
import { keys } from "../../api/queries";
import { Button } from "../../ui/Button";
import { toast } from "../../ui/Toaster";

export function KeepAccount() {
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: keepAccount,
    onSuccess: () => { toast("Your account stays"); return client.invalidateQueries({ queryKey: keys.me }); },
    onError: (problem) => toast(explain(problem)),
  });
  return <Button busy={keep.isPending} onClick={() => keep.mutate()}>Keep my account</Button>;
}
