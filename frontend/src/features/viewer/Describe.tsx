import { useState, type SubmitEvent } from "react";
import { useDescribe, type Photo } from "../../api/photos";
import { explain, Problem } from "../../api/problem";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";

/** Title and description, shown, and edited in place. */
export function Describe({ photo }: { photo: Photo }) {
  const [editing, setEditing] = useState(false);
  if (editing) return <DescribeForm photo={photo} onDone={() => setEditing(false)} />;
  const described = photo.title ?? photo.description;
  return (
    <button
      type="button" onClick={() => setEditing(true)}
      className="-mx-3 flex w-[calc(100%+1.5rem)] items-start justify-between gap-3 rounded-control px-3 py-2 text-left hover:bg-well"
    >
      <span className="min-w-0">
        {photo.title && <span className="block text-lead font-semibold wrap-anywhere">{photo.title}</span>}
        {photo.description && <span className="mt-0.5 block whitespace-pre-line text-soft wrap-anywhere">{photo.description}</span>}
        {!described && <span className="text-soft">Add a title or a description</span>}
      </span>
      <span className="pt-0.5 text-faint"><Icon name="edit" size={18} /></span>
    </button>
  );
}

function DescribeForm({ photo, onDone }: { photo: Photo; onDone: () => void }) {
  const [title, setTitle] = useState(photo.title ?? "");
  const [description, setDescription] = useState(photo.description ?? "");
  // What was read when the editing began: a change by someone else meanwhile is not overwritten unseen.
  const [etag] = useState(photo.etag);
  const describe = useDescribe(photo.id);
  const conflict = describe.error instanceof Problem && describe.error.status === 412;
  const fieldError = (name: string) => (describe.error instanceof Problem ? describe.error.field(name) : undefined);

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    describe.mutate(
      { etag: conflict ? photo.etag : etag, title: title.trim() || null, description: description.trim() || null },
      { onSuccess: onDone },
    );
  };
  const field = "w-full rounded-control border border-line bg-paper px-3 py-2 text-[1rem]";
  return (
    <form onSubmit={onSubmit} className="space-y-3">
      <label className="block text-small font-medium">
        <span className="mb-1 block">Title</span>
        {/* The person has just pressed the button that this field took the place of. */}
        {/* eslint-disable-next-line jsx-a11y-x/no-autofocus */}
        <input autoFocus value={title} onChange={(event) => setTitle(event.target.value)} className={field} />
        {fieldError("title") && <span role="alert" className="mt-1 block text-danger">{fieldError("title")}</span>}
      </label>
      <label className="block text-small font-medium">
        <span className="mb-1 block">Description</span>
        <textarea rows={4} value={description} onChange={(event) => setDescription(event.target.value)} className={field} />
        {fieldError("description") && <span role="alert" className="mt-1 block text-danger">{fieldError("description")}</span>}
      </label>
      {describe.error && !fieldError("title") && !fieldError("description") && (
        <p role="alert" className="text-small text-danger">
          {conflict ? "This photo was changed elsewhere meanwhile. Save again to keep what you wrote here." : explain(describe.error)}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="film" busy={describe.isPending}>Save</Button>
        <Button look="quiet" onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}
