import type { ReactNode } from "react";

/** One matter of the account. */
export function Section({ title, lead, action, children }: { title: string; lead: ReactNode; action?: ReactNode; children?: ReactNode }) {
  return (
    <section className="border-t border-line py-8 first-of-type:border-t-0">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-3">
        <div>
          <h2 className="text-title font-semibold tracking-tight">{title}</h2>
          <p className="text-soft">{lead}</p>
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
