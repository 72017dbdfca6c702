import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Storage = components["schemas"]["Storage"];
export type QuotaChoice = components["schemas"]["QuotaChoice"];

/** As much as one page of the list may hold: few have more accounts. */
const PAGE = 500;

/** What everybody keeps, by owner; who is not in it keeps nothing. */
export const storageQuery = queryOptions({
  queryKey: keys.storage,
  queryFn: async ({ signal }) => {
    const owners = new Map<string, Storage>();
    for (let cursor: string | null = null; ;) {
      const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      const page = await answer(api.GET("/api/v1/admin/storage", { params: { query }, signal }));
      for (const owner of page.items) owners.set(owner.owner_id, owner);
      cursor = page.next_cursor;
      if (cursor === null) return { owners, defaultQuota: page.default_quota_bytes };
    }
  },
});

export function useSetQuota() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: QuotaChoice & { id: string }) => answer(api.PUT("/api/v1/admin/storage/{id}", { params: { path: { id } }, body })),
    onSettled: () => Promise.all([keys.storage, keys.me].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
