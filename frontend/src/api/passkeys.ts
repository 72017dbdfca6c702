import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";
import { makePasskey } from "./webauthn";

export type Passkey = components["schemas"]["Passkey"];
type PasskeyList = components["schemas"]["PasskeyList"];

export const passkeysQuery = queryOptions({
  queryKey: keys.passkeys,
  queryFn: ({ signal }): Promise<PasskeyList> => answer(api.GET("/api/v1/auth/passkeys", { signal })),
});

export function useAddPasskey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, password }: { name: string; password: string }): Promise<Passkey> => {
      const asked = await answer(api.POST("/api/v1/auth/passkeys/options", { body: { password } }));
      const body = await makePasskey(asked, name);
      return answer(api.POST("/api/v1/auth/passkeys", { body }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.passkeys }),
    gcTime: 0,
  });
}

export function useRemovePasskey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/auth/passkeys/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.passkeys }),
  });
}
