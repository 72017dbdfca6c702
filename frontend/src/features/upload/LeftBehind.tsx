import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import type { Kept } from "./kept";

interface Props {
  left: readonly Kept[];
  onContinue: () => void;
  onChoose: () => void;
  onForget: () => void;
}

/** What an earlier page did not finish, and the way on with it. */
export function LeftBehind({ left, onContinue, onChoose, onForget }: Props) {
  const openable = left.filter(({ handle }) => handle !== null).length;
  const names = left.slice(0, 2).map(({ name }) => name).join(", ");
  return (
    <div data-testid="left-behind" className="px-4 pt-3 pb-3">
      <h2 className="font-semibold">{plural(left.length, "file was", "files were")} not finished</h2>
      <p className="truncate text-small text-soft" title={left.slice(0, 30).map(({ name }) => name).join("\n")}>
        {names}{left.length > 2 && ` and ${plural(left.length - 2, "more", "more")}`}
      </p>
      {openable < left.length && (
        <p className="mt-1 text-small text-soft">
          {openable > 0 ? `Choose the other ${left.length - openable} again` : `Choose ${left.length === 1 ? "it" : "them"} again`} to continue where {left.length - openable === 1 ? "it" : "they"} stood.
        </p>
      )}
      <div className="mt-2.5 flex flex-wrap items-center gap-2">
        {openable > 0 && <Button look="film" icon="play" className="h-9 px-3" onClick={onContinue}>Continue {plural(openable, "upload")}</Button>}
        {openable < left.length && <Button look={openable > 0 ? "plain" : "film"} icon="upload" className="h-9 px-3" onClick={onChoose}>Choose again</Button>}
        <Button look="quiet" className="h-9 px-3" onClick={onForget}>Forget {left.length === 1 ? "it" : "them"}</Button>
      </div>
    </div>
  );
}
