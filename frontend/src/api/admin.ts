import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Account = components["schemas"]["AdminAccount"];
export type NewAccount = components["schemas"]["NewUserAccount"];
/** With the password where it was made up, this once. */
export type AccountWithPassword = components["schemas"]["AccountWithPassword"];

export const accountsQuery = infiniteQueryOptions({
  queryKey: keys.accounts,
  queryFn: ({ signal, pageParam }) => answer(api.GET("/api/v1/admin/users", { params: { query: pageParam === null ? {} : { cursor: pageParam } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

function useRenewed() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.accounts });
}

export function useChangeAccount() {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: ({ id, ...body }: Pick<Account, "id"> & Partial<Pick<Account, "role" | "disabled">>) =>
      answer(api.PATCH("/api/v1/admin/users/{id}", { params: { path: { id } }, body })),
    onSettled: renewed,
  });
}

/** With everything in it, after a while until which it can be kept. */
export function useDeleteAccount() {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/users/{id}", { params: { path: { id } } })),
    onSettled: renewed,
  });
}

export function useKeepAccount() {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (id: string) => answer(api.POST("/api/v1/users/{id}/restore", { params: { path: { id } } })),
    onSettled: renewed,
  });
}

export function useEndSessionsOf() {
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/admin/users/{id}/sessions", { params: { path: { id } } })),
  });
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (id: string): Promise<AccountWithPassword> => answer(api.PUT("/api/v1/admin/users/{id}/password", { params: { path: { id } }, body: {} })),
    // It holds the password in clear: nothing keeps it longer than the dialogue that shows it.
    gcTime: 0,
  });
}

/** A link to a password that its owner chooses, this once. */
export function useMakePasswordLink() {
  return useMutation({
    mutationFn: ({ id }: Account) => answer(api.POST("/api/v1/admin/users/{id}/password-link", { params: { path: { id } } })),
    gcTime: 0,
  });
}

export function useCreateAccount() {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (body: NewAccount): Promise<AccountWithPassword> => answer(api.POST("/api/v1/admin/users", { body })),
    onSettled: renewed,
    gcTime: 0,
  });
}
