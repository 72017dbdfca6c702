import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useFavorite, useRestore, useTrash } from "../api/photos";
import { useOpenOrganization } from "../api/organizations";
import { explain } from "../api/problem";
import { SelectionBar } from "../features/timeline/SelectionBar";
import { Timeline } from "../features/timeline/Timeline";
import { useSelection } from "../features/timeline/useSelection";
import { Viewer } from "../features/viewer/Viewer";
import { plural } from "../lib/format";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/States";
import { toast } from "../ui/Toaster";
import { download } from "./download";
import { chooseFiles } from "./UploadButton";

/** The top bar's height, which covers the grid. */
const BAR = 56;

/** All photos, or the favourites, and the one that is open. */
export function TimelinePage({ favorite }: { favorite: boolean }) {
  const { photo: open = null } = useParams({ strict: false });
  const navigate = useNavigate();
  const [infoShown, setInfoShown] = useState(false);
  const organization = useOpenOrganization();
  const selection = useSelection();
  const favor = useFavorite();
  const trash = useTrash();
  const restore = useRestore();

  useEffect(() => {
    document.title = favorite ? "Favourites · Photure" : "Photure";
  }, [favorite]);

  const show = (photo: string | null, replace: boolean) => {
    if (photo === null) void navigate({ to: favorite ? "/favorites" : "/", replace, resetScroll: false });
    else void navigate({ to: favorite ? "/favorites/$photo" : "/photos/$photo", params: { photo }, replace, resetScroll: false });
  };
  const failed = (error: unknown) => toast(explain(error));
  const onFavorite = (ids: string[], wanted: boolean) => favor.mutate({ ids, favorite: wanted }, { onError: failed });
  const onTrash = (ids: string[]) => trash.mutate(ids, {
    onError: failed,
    onSuccess: () => toast(ids.length === 1 ? "Moved to trash" : `${plural(ids.length, "photo")} moved to trash`, {
      label: "Undo",
      run: () => restore.mutate(ids, { onError: failed }),
    }),
  });

  const tellMissing = (missing: number) => {
    if (missing > 0) toast(`${plural(missing, "photo")} could not be found any more`);
  };

  return (
    <>
      <h1 className="sr-only">{nameOf(favorite, organization?.name)}</h1>
      <Timeline
        favorite={favorite} address={favorite ? "/favorites/" : "/photos/"} inset={BAR} current={open} onOpen={(id) => show(id, false)}
        selected={selection.ids} onSelect={selection.toggle} onSelectRange={selection.addAll}
        empty={favorite ? <NoFavorites /> : <NoPhotos />}
        viewer={({ current, newer, older }) => open !== null && (
          <Viewer
            id={open} current={current} newer={newer} older={older} infoShown={infoShown} onInfo={setInfoShown}
            onGo={(id) => show(id, true)} onClose={() => show(null, true)}
            onFavorite={(id, wanted) => onFavorite([id], wanted)} onDownload={(id) => void download([id]).catch(failed)}
            onTrash={(id) => {
              show(older?.id ?? newer?.id ?? null, true);
              onTrash([id]);
            }}
          />
        )}
      />
      {selection.ids.size > 0 && (
        <SelectionBar
          count={selection.ids.size} favorite={favorite} onClear={selection.clear}
          onFavorite={() => { onFavorite([...selection.ids], !favorite); selection.clear(); }}
          onDownload={() => void download([...selection.ids]).then(tellMissing, failed)}
          onTrash={() => { onTrash([...selection.ids]); selection.clear(); }}
        />
      )}
    </>
  );
}

const nameOf = (favorite: boolean, organization: string | undefined) => {
  if (organization === undefined) return favorite ? "Your favourites" : "Your photos";
  return favorite ? `Favourites of ${organization}` : `Photos of ${organization}`;
};

function NoPhotos() {
  return (
    <EmptyState icon="photos" title="Bring your first photos" action={<Button look="film" icon="upload" onClick={chooseFiles}>Choose photos</Button>}>
      Drop them anywhere on this page, whole folders too, or choose them here. They find their place by the time they were taken.
    </EmptyState>
  );
}

function NoFavorites() {
  return (
    <EmptyState icon="star" title="No favourites yet">
      Press the star on a photo, or F while you look at it, and it shows up here.
    </EmptyState>
  );
}
