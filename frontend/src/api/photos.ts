import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { eachOf } from "../lib/each";
import { answer, api } from "./client";
import { isGone } from "./problem";
import { keys } from "./queries";
import type { components } from "./schema.gen";
import { rewriteSegments, withFavorite, withoutPhotos } from "./timeline";

export type Photo = components["schemas"]["Photo"];
export type Metadata = Record<string, Record<string, unknown>>;

export const photoQuery = (id: string) =>
  queryOptions({
    queryKey: keys.photo(id),
    queryFn: ({ signal }): Promise<Photo> => answer(api.GET("/api/v1/photos/{id}", { params: { path: { id } }, signal })),
    staleTime: 60_000,
  });

export const metadataQuery = (id: string) =>
  queryOptions({
    queryKey: keys.metadata(id),
    queryFn: ({ signal }): Promise<Metadata> => answer(api.GET("/api/v1/photos/{id}/metadata", { params: { path: { id } }, signal })),
    staleTime: Infinity,
  });

/** Calls that go out at once when many photos are changed together. */
const AT_ONCE = 4;

export function useFavorite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, favorite }: { ids: string[]; favorite: boolean }) =>
      eachOf(ids, AT_ONCE, async (id) => {
        const photo = await answer(api.PATCH("/api/v1/photos/{id}", { params: { path: { id } }, body: { favorite } }));
        client.setQueryData(keys.photo(id), photo);
      }),
    onMutate: ({ ids, favorite }) => {
      const changed = new Set(ids);
      rewriteSegments(client, (columns) => withFavorite(columns, changed, favorite));
      for (const id of ids) {
        client.setQueryData<Photo>(keys.photo(id), (photo) => photo && { ...photo, favorite });
      }
    },
    onSettled: (_done, error, { ids }) => {
      if (error) for (const id of ids) void client.invalidateQueries({ queryKey: keys.photo(id) });
      if (error) void client.invalidateQueries({ queryKey: keys.segments });
      return client.invalidateQueries({ queryKey: keys.timelines });
    },
  });
}

/** Title and description. Refused with 412 when someone else changed the photo since it was read. */
export function useDescribe(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ etag, ...body }: { etag: string; title?: string | null; description?: string | null }) =>
      answer(api.PATCH("/api/v1/photos/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body })),
    onSuccess: (photo) => client.setQueryData(keys.photo(id), photo),
    onError: () => client.invalidateQueries({ queryKey: keys.photo(id) }),
  });
}

export function useTrash() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) => eachOf(ids, AT_ONCE, (id) => remove(id, false)),
    onMutate: (ids) => {
      const gone = new Set(ids);
      rewriteSegments(client, (columns) => withoutPhotos(columns, gone));
    },
    onSettled: (_done, error, ids) => renew(client, ids, error !== null),
  });
}

export function useRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) =>
      eachOf(ids, AT_ONCE, (id) => answer(api.POST("/api/v1/photos/{id}/restore", { params: { path: { id } } }))),
    onSettled: (_done, error, ids) => renew(client, ids, error !== null),
  });
}

export function usePurge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) => eachOf(ids, AT_ONCE, (id) => remove(id, true)),
    onSettled: (_done, error, ids) => renew(client, ids, error !== null),
  });
}

/** The signed address that downloads the file under its own name. */
export async function downloadAddress(id: string): Promise<string> {
  const { url } = await answer<{ url: string }>(
    api.GET("/api/v1/photos/{id}/original", {
      params: { path: { id }, query: { download: true } },
      headers: { Accept: "application/json" },
    }),
  );
  return url;
}

/** What is gone already is gone: that is what was asked for. */
async function remove(id: string, permanent: boolean) {
  try {
    await answer(api.DELETE("/api/v1/photos/{id}", { params: { path: { id }, query: permanent ? { permanent } : {} } }));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function renew(client: QueryClient, ids: string[], failed: boolean) {
  for (const id of ids) client.removeQueries({ queryKey: keys.photo(id), type: "inactive" });
  if (failed) void client.invalidateQueries({ queryKey: keys.segments });
  void client.invalidateQueries({ queryKey: keys.me });
  await Promise.all([
    client.invalidateQueries({ queryKey: keys.timelines }),
    client.invalidateQueries({ queryKey: keys.trash }),
  ]);
}
