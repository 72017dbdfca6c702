import type { Account } from "../../api/admin";
import type { Storage } from "../../api/storage";
import { formatAgo, formatKept, formatShortDate } from "../../lib/format";
import { Button } from "../../ui/Button";
import { stepName, steps, type Step } from "./steps";

interface Props {
  account: Account;
  isMe: boolean;
  /** Undefined while it is not known. */
  kept: string | undefined;
  onStep: (step: Step) => void;
  onStorage: () => void;
}

export function AccountRow({ account, isMe, kept, onStep, onStorage }: Props) {
  const { username, email, email_confirmed, role, disabled, signed_in_at, closes_at } = account;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="truncate font-medium">
          {username}
          {isMe && <Mark>You</Mark>}
          {role === "admin" && <Mark>Admin</Mark>}
          {disabled && closes_at === null && <Mark danger>Disabled</Mark>}
          {closes_at !== null && <Mark danger>{`To be deleted on ${formatShortDate(closes_at)}`}</Mark>}
        </p>
        <p className="truncate text-small text-soft">{email}{email_confirmed && ", confirmed"}</p>
        {kept !== undefined && <p className="text-small text-soft tabular-nums">{kept}</p>}
        <p className="text-small text-soft">{signed_in_at ? `Signed in ${formatAgo(signed_in_at, new Date())}` : "Never signed in"}</p>
      </div>
      <div className="flex flex-wrap gap-1">
        <Button look="quiet" aria-label={`Storage: ${username}`} onClick={onStorage}>Storage</Button>
        {steps(account, isMe).map((step) => (
          <Button key={step} look="quiet" aria-label={`${stepName[step]}: ${username}`} onClick={() => onStep(step)}>{stepName[step]}</Button>
        ))}
      </div>
    </li>
  );
}

/** What somebody keeps, and of how much; who is not listed keeps nothing. */
export function keptBy(storage: Storage | undefined, defaultQuota: number | null): string {
  return formatKept(storage ?? { photos: 0, bytes: 0, quota_bytes: defaultQuota });
}

function Mark({ children, danger = false }: { children: string; danger?: boolean }) {
  return <span className={`ml-2 rounded-full px-2 py-0.5 text-small font-semibold ${danger ? "bg-danger-wash text-danger" : "bg-film text-on-film"}`}>{children}</span>;
}
