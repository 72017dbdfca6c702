import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useHasPassword } from "../../api/elsewhere";
import { explain } from "../../api/problem";
import { totpQuery, useDisableTotp, useRenewRecoveryCodes, type TotpState } from "../../api/twoStep";
import { plural } from "../../lib/format";
import { Button, Spinner } from "../../ui/Button";
import { toast } from "../../ui/Toaster";
import { EnrolTotp } from "./EnrolTotp";
import { RecoveryCodes } from "./RecoveryCodes";
import { Section } from "./Section";
import { ShowBoth } from "./ShowBoth";

type Open = "enrol" | "renew" | "disable" | { codes: string[] } | null;

/** Fewer than this, and it is time for new ones. */
const FEW_CODES = 3;

/** A code beside the password. */
export function TwoStep() {
  const { data, error, isFetching, refetch } = useQuery(totpQuery);
  const hasPassword = useHasPassword();
  const [open, setOpen] = useState<Open>(null);
  const renew = useRenewRecoveryCodes();
  const disable = useDisableTotp();
  const close = () => setOpen(null);

  return (
    <Section
      title="Two-step sign-in" lead="A code from an app on your phone, beside your password: then a password alone opens nothing."
      action={data && !data.enabled && data.available && hasPassword && <Button look="film" onClick={() => setOpen("enrol")}>Set up</Button>}
    >
      {!data && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {data && <State state={data} hasPassword={hasPassword} onRenew={() => setOpen("renew")} onDisable={() => setOpen("disable")} />}
      {open === "enrol" && <EnrolTotp onClose={close} onOn={(codes) => { setOpen({ codes }); toast("Two-step sign-in is on"); }} />}
      {open === "renew" && (
        <ShowBoth
          title="New recovery codes" lead="The codes you have now stop working." action="Make new codes" onClose={() => { renew.reset(); close(); }}
          busy={renew.isPending} error={renew.error} onShown={(both) => renew.mutate(both, { onSuccess: (codes) => setOpen({ codes }) })}
        />
      )}
      {open === "disable" && (
        <ShowBoth
          danger title="Turn off two-step sign-in?" lead="From then on your password is enough to sign in." action="Turn off"
          onClose={() => { disable.reset(); close(); }} busy={disable.isPending} error={disable.error}
          onShown={(both) => disable.mutate(both, { onSuccess: () => { close(); toast("Two-step sign-in is off"); } })}
        />
      )}
      {open !== null && typeof open === "object" && <RecoveryCodes codes={open.codes} onClose={close} />}
    </Section>
  );
}

function State({ state, hasPassword, onRenew, onDisable }: { state: TotpState; hasPassword: boolean; onRenew: () => void; onDisable: () => void }) {
  const { enabled, enabled_at, recovery_codes_left: left, available } = state;
  if (!enabled) {
    return (
      <p data-testid="two-step-off" className="py-3 text-soft">
        {whyOff(available, hasPassword)}
      </p>
    );
  }
  const since = enabled_at ? ` since ${new Date(enabled_at).toLocaleDateString()}` : "";
  return (
    <div data-testid="two-step-on" className="flex flex-wrap items-center gap-x-4 gap-y-3 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">On{since}</p>
        <p className={left < FEW_CODES ? "text-small font-medium text-danger" : "text-small text-soft"}>
          {left === 0 ? "You have no recovery code left. Make new ones before you lose your phone." : `${plural(left, "recovery code")} left`}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onRenew}>New recovery codes</Button>
        <Button look="quiet" onClick={onDisable}>Turn off</Button>
      </div>
    </div>
  );
}

function whyOff(available: boolean, hasPassword: boolean): string {
  if (!available) return "It cannot be set up here: whoever runs this Photure has to keep a key for it first.";
  return hasPassword ? "It is off." : "There is no password yet that it could stand beside.";
}
