import type { ReactNode } from "react";
import { cx } from "../../lib/cx";

/** What concerns the whole form. */
export function FormMessage({ calm = false, children }: { calm?: boolean; children: ReactNode }) {
  return (
    <p role={calm ? "status" : "alert"} className={cx("rounded-control px-3.5 py-3 text-small", calm ? "bg-well" : "bg-danger-wash font-medium text-danger")}>
      {children}
    </p>
  );
}
