import { downloadAddress } from "../api/photos";

/** Between two downloads, or browsers drop all but the last. */
const APART_MS = 400;

/** Saves the originals, one after the other. */
export async function download(ids: readonly string[]) {
  for (const [index, id] of ids.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, APART_MS));
    const link = document.createElement("a");
    link.href = await downloadAddress(id);
    link.download = "";
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
  }
}
