import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useOpenOrganization } from "../../api/organizations";
import { useRestore, usePurge, type Photo } from "../../api/photos";
import { explain } from "../../api/problem";
import { trashQuery, useEmptyTrash } from "../../api/trash";
import { Button, Spinner } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { EmptyState, ErrorState } from "../../ui/States";
import { toast } from "../../ui/Toaster";
import { More } from "./More";
import { TrashItem } from "./TrashItem";

/** Photos on their way out, and the ways back. */
export function Trash() {
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(trashQuery);
  const [purging, setPurging] = useState<Photo | null>(null);
  const [emptying, setEmptying] = useState(false);
  const restore = useRestore();
  const purge = usePurge();
  const empty = useEmptyTrash();
  // In an organisation's library that is for its owners and admins.
  const mayPurge = useOpenOrganization()?.role !== "member";
  const failed = (problem: unknown) => toast(explain(problem));
  const photos = data?.pages.flatMap((page) => page.items) ?? [];

  if (!data && error) {
    return <ErrorState title="The trash could not be opened" busy={isFetching} onRetry={() => void refetch()}>{explain(error)}</ErrorState>;
  }
  if (!data) return <p role="status" className="grid place-items-center pt-[24vh] text-soft"><Spinner size={28} /><span className="sr-only">Opening the trash</span></p>;
  if (photos.length === 0) {
    return <EmptyState icon="trash" title="The trash is empty">Photos you throw away wait here for a while, in case you change your mind.</EmptyState>;
  }

  return (
    <div className="mx-auto max-w-[100rem] px-3 md:px-6">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pt-6 pb-5 md:pt-8">
        <div>
          <h1 className="text-month font-semibold tracking-[-0.03em]">Trash</h1>
          <p className="text-soft">These still take room on the server until they are deleted for good.</p>
        </div>
        {mayPurge && <Button icon="trash" onClick={() => setEmptying(true)}>Empty trash</Button>}
      </header>
      <ul className="grid grid-cols-2 gap-x-2 gap-y-5 sm:grid-cols-[repeat(auto-fill,minmax(11.5rem,1fr))] md:gap-x-3">
        {photos.map((photo) => (
          <TrashItem
            key={photo.id} photo={photo} busy={restore.isPending && restore.variables.includes(photo.id)}
            onRestore={() => restore.mutate([photo.id], { onError: failed, onSuccess: () => toast("Back among your photos") })}
            onPurge={mayPurge ? () => setPurging(photo) : null}
          />
        ))}
      </ul>
      {hasNextPage && <More busy={isFetchingNextPage} failed={error !== null} onMore={() => void fetchNextPage()} />}

      {purging && (
        <Confirm
          title="Delete this photo for good?" action="Delete for good" busy={purge.isPending} onClose={() => setPurging(null)}
          onConfirm={() => purge.mutate([purging.id], { onError: failed, onSettled: () => setPurging(null) })}
        >
          <p className="wrap-anywhere">{purging.filename} will be gone from this server. Nobody can bring it back.</p>
        </Confirm>
      )}
      {emptying && (
        <Confirm
          title="Empty the trash?" action="Delete all for good" busy={empty.isPending} onClose={() => setEmptying(false)}
          onConfirm={() => empty.mutate(undefined, { onError: failed, onSettled: () => setEmptying(false) })}
        >
          Everything in it will be gone from this server. Nobody can bring it back.
        </Confirm>
      )}
    </div>
  );
}
