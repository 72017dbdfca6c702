import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type AuditEntry = components["schemas"]["AuditEntry"];

/** `undefined` is everything. */
export interface AuditFilter {
  action: string | undefined;
}

export const auditQuery = ({ action }: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: keys.audit({ action }),
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 50, ...(action === undefined ? {} : { action }), ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET("/api/v1/admin/audit", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // What somebody did a moment ago is to be seen.
    staleTime: 0,
  });
