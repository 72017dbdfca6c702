import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Session = components["schemas"]["Session"];

/** The devices of whoever is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: async ({ signal }): Promise<Session[]> => (await answer(api.GET("/api/v1/auth/sessions", { signal }))).items,
});

/** Signs a device out, or takes one off the list that was ended for safety. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
}

export function useEndOtherSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/auth/sessions", { params: { query: { others: true } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
}
