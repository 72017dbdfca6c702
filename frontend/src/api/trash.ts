import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./queries";
import type { components } from "./schema.gen";

type PhotoList = components["schemas"]["PhotoList"];

const PAGE = 100;

export const trashQuery = infiniteQueryOptions({
  queryKey: keys.trash,
  queryFn: ({ pageParam, signal }): Promise<PhotoList> =>
    answer(api.GET("/api/v1/trash", { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  initialPageParam: "",
  getNextPageParam: (page: PhotoList) => page.next_cursor ?? null,
});

export function useEmptyTrash() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/v1/trash/empty")),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.me });
      return client.invalidateQueries({ queryKey: keys.trash });
    },
  });
}
