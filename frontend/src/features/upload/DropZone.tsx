import { useEffect, useEffectEvent, useState } from "react";
import { useOpenOrganization } from "../../api/organizations";
import { Icon } from "../../ui/Icon";
import { droppedFiles } from "./dropped";
import type { Chosen } from "./kept";

/** Takes files dropped or pasted anywhere on the page. */
export function DropZone({ onFiles }: { onFiles: (chosen: Chosen[]) => void }) {
  const [over, setOver] = useState(false);
  const organization = useOpenOrganization();
  const take = useEffectEvent(onFiles);

  useEffect(() => {
    // Every element passed over enters and leaves; only the balance says whether the drag is still here.
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => { if (holdsFiles(event)) event.preventDefault(); };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void droppedFiles(event.dataTransfer).then(take);
    };
    const paste = (event: ClipboardEvent) => {
      const files = Array.from(event.clipboardData?.files ?? []);
      if (files.length > 0) take(files.map((file) => ({ file })));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", hover);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", hover);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, []);

  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center bg-veil p-4">
      <div className="grid size-full place-items-center rounded-panel border-3 border-dashed border-film text-film">
        <p className="flex items-center gap-4 rounded-panel bg-film px-8 py-5 text-title font-semibold text-on-film shadow-float">
          <Icon name="upload" size={28} />{organization ? `Drop to add to ${organization.name}` : "Drop to add to your photos"}
        </p>
      </div>
    </div>
  );
}
