import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Invitation = components["schemas"]["InvitationView"];
/** With its link in clear, this once. */
export type MadeInvitation = components["schemas"]["MadeInvitation"];
export type NewInvitation = components["schemas"]["NewInvitation"];

/** Those that nobody has used yet. */
export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async ({ signal }): Promise<Invitation[]> => (await answer(api.GET("/api/v1/admin/invitations", { signal }))).items,
});

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewInvitation): Promise<MadeInvitation> => answer(api.POST("/api/v1/admin/invitations", { body })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.invitations }),
    gcTime: 0,
  });
}

export function useWithdraw() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/admin/invitations/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.invitations }),
  });
}
