import { useEffect } from "react";
import { Trash } from "../features/trash/Trash";

export function TrashPage() {
  useEffect(() => {
    document.title = "Trash · Photure";
  }, []);
  return <Trash />;
}
