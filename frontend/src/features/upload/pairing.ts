import type { Chosen } from "./kept";

const FILM = /\.(mov|mp4)$/i;
const PICTURE = /\.(heic|heif|jpe?g)$/i;

/**
 * Films to the pictures of their name in the same folder: the halves of a Live Photo lie so. Whether they belong together the server
 * decides; a film without a picture stays what it is.
 */
export function paired(chosen: readonly Chosen[]): Chosen[] {
  const films = new Map<string, Chosen>();
  for (const one of chosen) if (FILM.test(one.file.name)) films.set(place(one.file), one);
  if (films.size === 0) return [...chosen];
  const taken = new Set<Chosen>();
  const pairs = chosen.map((one) => {
    const film = PICTURE.test(one.file.name) ? films.get(place(one.file)) : undefined;
    if (!film || taken.has(film)) return one;
    taken.add(film);
    return { ...one, film: film.file };
  });
  return pairs.filter((one) => !taken.has(one));
}

/** Folder and name without the ending. Browsers tell the folder only of folders that were chosen or dropped whole. */
const place = ({ name, webkitRelativePath }: File) => (webkitRelativePath || name).replace(/\.[^./]*$/, "");
