import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

export type Me = components["schemas"]["Me"];

/** Every other session of theirs ends. */
export const changePassword = (body: components["schemas"]["PasswordChange"]) => answer(api.PUT("/api/v1/auth/password", { body }));

export const changeUsername = (username: string) => answer(api.PATCH("/api/v1/users/me", { body: { username } }));

/** After a while, until which it can be kept. */
export const deleteAccount = (body: components["schemas"]["Deletion"]) => answer(api.DELETE("/api/v1/users/me", { body }));

export const keepAccount = () => answer(api.POST("/api/v1/users/me/restore"));

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }): Promise<Me> => answer(api.GET("/api/v1/users/me", { signal })),
});
