import { useRef } from "react";
import { Button } from "../ui/Button";

/** Opens the system's file picker. */
export function UploadButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input} type="file" multiple hidden accept="image/*" aria-label="Photos to upload" data-testid="upload-input"
        onChange={(event) => {
          const files = Array.from(event.target.files ?? []);
          // So that choosing the same file again is a change too.
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <Button look="film" icon="upload" className="max-sm:px-3" onClick={() => input.current?.click()}>Upload</Button>
    </>
  );
}
