import { queryOptions } from "@tanstack/react-query";
import { answer } from "./client";
import { open } from "./open";
import { keys } from "./queries";
import type { components } from "./schema.gen";

/** What is offered to somebody who is not signed in. */
export const optionsQuery = queryOptions({
  queryKey: keys.options,
  queryFn: ({ signal }): Promise<components["schemas"]["Options"]> => answer(open.GET("/api/v1/auth/options", { signal })),
});

/** Whether there is such an account is never told. */
export const forgotPassword = (username: string) => answer(open.POST("/api/v1/auth/password/forgot", { body: { username } }));

/** Every session of the account ends. */
export const resetPassword = (token: string, password: string) => answer(open.POST("/api/v1/auth/password/reset", { body: { token, password } }));

export const confirmEmail = async (token: string) => (await answer(open.POST("/api/v1/auth/email/confirm", { body: { token } }))).email;
