import { createContext, useContext } from "react";
import type { Uploader } from "../features/upload/uploader";

export const UploaderContext = createContext<Uploader | null>(null);

export function useUploader(): Uploader {
  const uploader = useContext(UploaderContext);
  if (!uploader) throw new Error("useUploader needs an UploaderContext around it");
  return uploader;
}
