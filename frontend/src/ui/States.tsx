import type { ReactNode } from "react";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

/** What a page says when it has nothing to show. */
export function EmptyState({ icon, title, children, action }: { icon: IconName; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <section data-testid="empty-state" className="mx-auto flex max-w-md flex-col items-center px-6 pt-[16vh] pb-16 text-center">
      <span className="mb-6 grid size-16 place-items-center rounded-full bg-well text-soft"><Icon name={icon} size={28} /></span>
      <h1 className="text-title font-semibold tracking-tight">{title}</h1>
      <div className="mt-2 text-balance text-soft">{children}</div>
      {action && <div className="mt-6">{action}</div>}
    </section>
  );
}

/** What went wrong, and the way on. */
export function ErrorState({ title, children, onRetry, busy = false }: { title: string; children: ReactNode; onRetry: () => void; busy?: boolean }) {
  return (
    <section role="alert" className="mx-auto flex max-w-md flex-col items-center px-6 pt-[16vh] pb-16 text-center">
      <span className="mb-6 grid size-16 place-items-center rounded-full bg-danger-wash text-danger"><Icon name="warning" size={28} /></span>
      <h1 className="text-title font-semibold tracking-tight">{title}</h1>
      <div className="mt-2 text-balance text-soft">{children}</div>
      <Button className="mt-6" icon="retry" busy={busy} onClick={onRetry}>Try again</Button>
    </section>
  );
}
