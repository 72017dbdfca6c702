import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { problemFrom, Unreachable } from "./problem";
import { keys } from "./queries";
import type { components } from "./schema.gen";
import { post } from "./session";

export type Provider = components["schemas"]["Provider"];
export type LinkedIdentity = components["schemas"]["LinkedIdentity"];
export type PendingLink = components["schemas"]["PendingLink"];
type LinkedIdentityList = components["schemas"]["LinkedIdentityList"];
type Departure = components["schemas"]["Departure"];

/** Where else one may sign in. Asked without a token: nobody is signed in yet. */
export const providersQuery = queryOptions({
  queryKey: keys.providers,
  queryFn: async ({ signal }): Promise<Provider[]> => {
    const response = await fetch("/api/v1/auth/oidc", { signal }).catch(() => { throw new Unreachable(); });
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problemFrom(response.status, body, response.headers.get("Retry-After"));
    return (body as components["schemas"]["ProviderList"]).items;
  },
  staleTime: Infinity,
});

/** The providers that sign one in, and the one that waits for a yes. */
export const identitiesQuery = queryOptions({
  queryKey: keys.identities,
  queryFn: ({ signal }): Promise<LinkedIdentityList> => answer(api.GET("/api/v1/auth/identities", { signal })),
});

/** Whoever came by a provider may have none. Supposed while it is not known. */
export function useHasPassword(): boolean {
  const { data } = useQuery(identitiesQuery);
  return data?.has_password !== false;
}

const NEXT = "photure.next";

/** Off to a provider. The browser leaves the page, and comes back to `/sign-in/{provider}`. */
export async function leaveFor(provider: string, next: string | undefined): Promise<void> {
  const { url } = await post<Departure>(`auth/oidc/${encodeURIComponent(provider)}`, {});
  if (next) sessionStorage.setItem(NEXT, next);
  else sessionStorage.removeItem(NEXT);
  location.assign(url);
}

/** Where one wanted to be before one left; a place of this page in any case. */
export function wanted(): string {
  const next = sessionStorage.getItem(NEXT);
  sessionStorage.removeItem(NEXT);
  return next && /^\/(?!\/)/.test(next) ? next : "/";
}

/** As `leaveFor`, to link whoever is signed in. */
export function useLink() {
  return useMutation({
    mutationFn: async (provider: string) => {
      const { url } = await answer(api.POST("/api/v1/auth/identities", { body: { provider } }));
      location.assign(url);
    },
  });
}

export function useConfirmLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (): Promise<LinkedIdentity> => answer(api.POST("/api/v1/auth/identities/confirm")),
    onSettled: () => client.invalidateQueries({ queryKey: keys.identities }),
  });
}

export function useUnlink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/auth/identities/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.identities }),
  });
}
