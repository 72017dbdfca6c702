import { infiniteQueryOptions, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useStore } from "../lib/store";
import { answer, api } from "./client";
import { LIBRARY_HEADER, library } from "./library";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Role = components["schemas"]["OrganizationRole"];
export type Usage = components["schemas"]["Usage"];
export type Member = components["schemas"]["Member"];
export type Organization = components["schemas"]["Organization"];
/** As whoever looks after the installation sees it. */
export type OrganizationSummary = components["schemas"]["OrganizationSummary"];
/** One that whoever is signed in belongs to: administrators have no role in others. */
export type Membership = Organization & { role: Role };

export const organizationsQuery = queryOptions({
  queryKey: keys.organizationsOfMine,
  queryFn: async ({ signal }): Promise<Membership[]> =>
    (await answer(api.GET("/api/v1/organizations", { signal }))).items.filter((organization): organization is Membership => organization.role !== null),
});

/** Every one there is, for administrators. */
export const allOrganizationsQuery = infiniteQueryOptions({
  queryKey: keys.organizationsOfAll,
  queryFn: ({ signal, pageParam }) => answer(api.GET("/api/v1/admin/organizations", { params: { query: pageParam === null ? {} : { cursor: pageParam } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export const membersQuery = (id: string) =>
  queryOptions({
    queryKey: keys.members(id),
    queryFn: async ({ signal }): Promise<Member[]> => (await answer(api.GET("/api/v1/organizations/{id}/members", { params: { path: { id } }, signal }))).items,
  });

/** The organisation whose library is open, as the server knows it by now; null in one's own. */
export function useOpenOrganization(): (Pick<Organization, "id" | "name"> & Partial<Organization>) | null {
  const chosen = useStore(library);
  const { data: organizations } = useQuery({ ...organizationsQuery, enabled: chosen !== null });
  return organizations?.find(({ id }) => id === chosen?.id) ?? chosen;
}

/** What one of those that somebody is in keeps, and may keep, whichever library is open. */
export const usageQuery = (id: string) =>
  queryOptions({
    queryKey: keys.usage(id),
    queryFn: ({ signal }): Promise<Usage> => answer(api.GET("/api/v1/usage", { params: { header: { [LIBRARY_HEADER]: id } }, signal })),
  });

function useRenewed() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.organizations });
}

export function useCreateOrganization() {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (name: string): Promise<Organization> => answer(api.POST("/api/v1/organizations", { body: { name } })),
    onSettled: renewed,
  });
}

export function useRenameOrganization(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (name: string) => answer(api.PATCH("/api/v1/organizations/{id}", { params: { path: { id } }, body: { name } })),
    onSettled: renewed,
  });
}

/** With everything in it, after a while until which it can be kept. */
export function useDeleteOrganization(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/organizations/{id}", { params: { path: { id } } })),
    onSettled: renewed,
  });
}

export function useKeepOrganization(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/v1/organizations/{id}/restore", { params: { path: { id } } })),
    onSettled: renewed,
  });
}

export function useAddMember(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (body: components["schemas"]["NewMember"]): Promise<Member> => answer(api.POST("/api/v1/organizations/{id}/members", { params: { path: { id } }, body })),
    onSettled: renewed,
  });
}

export function useChangeMember(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: ({ user_id, role }: Pick<Member, "user_id" | "role">) =>
      answer(api.PATCH("/api/v1/organizations/{id}/members/{user_id}", { params: { path: { id, user_id } }, body: { role } })),
    onSettled: renewed,
  });
}

/** Or leaves, where it is oneself. */
export function useRemoveMember(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (user_id: string) => answer(api.DELETE("/api/v1/organizations/{id}/members/{user_id}", { params: { path: { id, user_id } } })),
    onSettled: renewed,
  });
}
