import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Email = components["schemas"]["EmailView"];
type EmailChange = components["schemas"]["EmailChange"];

/** One's own address, and what waits. */
export const emailQuery = queryOptions({
  queryKey: keys.email,
  queryFn: ({ signal }): Promise<Email> => answer(api.GET("/api/v1/auth/email", { signal })),
});

export function useChangeEmail() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: EmailChange) => answer(api.PUT("/api/v1/auth/email", { body })),
    onSuccess: (email) => {
      client.setQueryData(keys.email, email);
      void client.invalidateQueries({ queryKey: keys.me });
    },
    // It holds the password: nothing keeps it longer than the dialogue.
    gcTime: 0,
  });
}

export const useSendConfirmation = () => useMutation({ mutationFn: () => answer(api.POST("/api/v1/auth/email/confirmation")) });
