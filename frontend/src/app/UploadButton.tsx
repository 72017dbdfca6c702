import { ACCEPT } from "../features/upload/picking";
import type { Chosen } from "../features/upload/kept";
import { Button } from "../ui/Button";

const UPLOAD_INPUT = "upload-input";

/** Opens the file picker from anywhere on the page. */
export const chooseFiles = () => document.getElementById(UPLOAD_INPUT)?.click();

/** Opens the system's file picker. */
export function UploadButton({ onFiles }: { onFiles: (chosen: Chosen[]) => void }) {
  return (
    <>
      <input
        id={UPLOAD_INPUT} type="file" multiple hidden accept={ACCEPT} aria-label="Photos to upload" data-testid="upload-input"
        onChange={(event) => {
          const files = Array.from(event.target.files ?? []);
          // So that choosing the same file again is a change too.
          event.target.value = "";
          if (files.length > 0) onFiles(files.map((file) => ({ file })));
        }}
      />
      <Button look="film" icon="upload" className="max-sm:px-3" onClick={chooseFiles}>Upload</Button>
    </>
  );
}
