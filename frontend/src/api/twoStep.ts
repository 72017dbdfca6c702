import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type TotpState = components["schemas"]["TotpState"];
/** In clear, this once. */
export type TotpSecret = components["schemas"]["TotpSecretView"];
export type BothFactors = components["schemas"]["BothFactors"];

export const totpQuery = queryOptions({
  queryKey: keys.totp,
  queryFn: ({ signal }): Promise<TotpState> => answer(api.GET("/api/v1/auth/totp", { signal })),
});

/** What follows holds secrets in clear: nothing keeps them longer than the dialogue that shows them. */
function useSecret<Body, Told>(mutationFn: (body: Body) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: keys.totp }), gcTime: 0 });
}

export const useEnrolTotp = () =>
  useSecret((password: string): Promise<TotpSecret> => answer(api.POST("/api/v1/auth/totp", { body: { password } })));

export const useConfirmTotp = () =>
  useSecret(async (code: string) => (await answer(api.POST("/api/v1/auth/totp/confirm", { body: { code } }))).recovery_codes);

export const useRenewRecoveryCodes = () =>
  useSecret(async (body: BothFactors) => (await answer(api.POST("/api/v1/auth/totp/recovery-codes", { body }))).recovery_codes);

export const useDisableTotp = () => useSecret((body: BothFactors) => answer(api.POST("/api/v1/auth/totp/disable", { body })));
