import { makeArchive } from "../api/archives";
import { downloadAddress } from "../api/photos";

/** As many go into one archive. */
const AT_MOST = 10_000;
/** Between two downloads, or browsers drop all but the last. */
const APART_MS = 400;

/** Saves the original, or several as one archive. Answers how many of them were not there any more. */
export async function download(ids: readonly string[]): Promise<number> {
  const [first] = ids;
  if (first === undefined) return 0;
  if (ids.length === 1) {
    save(await downloadAddress(first));
    return 0;
  }
  let missing = 0;
  for (let start = 0; start < ids.length; start += AT_MOST) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, APART_MS));
    const archive = await makeArchive(ids.slice(start, start + AT_MOST));
    missing += archive.missing.length;
    save(archive.url);
  }
  return missing;
}

function save(address: string) {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}
