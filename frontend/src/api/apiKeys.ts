import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type ApiKey = components["schemas"]["ApiKey"];
export type NewApiKey = components["schemas"]["NewApiKey"];
/** With the key in clear, this once. */
export type CreatedApiKey = components["schemas"]["CreatedApiKey"];

export const apiKeysQuery = queryOptions({
  queryKey: keys.apiKeys,
  queryFn: async ({ signal }): Promise<ApiKey[]> => (await answer(api.GET("/api/v1/auth/api-keys", { signal }))).items,
});

export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewApiKey): Promise<CreatedApiKey> => answer(api.POST("/api/v1/auth/api-keys", { body })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
    // It holds the key in clear: nothing keeps it longer than the dialogue that shows it.
    gcTime: 0,
  });
}

export function useDeleteApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/auth/api-keys/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}
