// A made-up library, as the API would tell of it. Kept in memory; gone when the demo ends.
import { createHash, randomUUID } from "node:crypto";
import { rgbaToThumbHash } from "thumbhash";
import { pixels, random } from "./scenes.mjs";

const SEGMENT_LIMIT = 500;
const RATIOS = [1.5, 1.5, 1.5, 1.333, 1.333, 0.75, 0.75, 0.667, 1, 1.78, 2.6];
const CAMERAS = [
  { make: "NIKON CORPORATION", model: "NIKON D3100", lens: "18.0-55.0 mm f/3.5-5.6" },
  { make: "Apple", model: "iPhone 13 Pro Max", lens: "iPhone 13 Pro Max back camera 5.7mm f/1.5" },
  { make: "FUJIFILM", model: "X100V", lens: null },
];

export class Library {
  photos = new Map();
  version = 1;
  constructor(count, now = Date.now()) {
    const next = random(count);
    let time = now - 3_600_000;
    for (let seed = 0; seed < count; seed++) {
      // A burst of a day out, then nothing for a while.
      time -= next() < 0.04 ? next() * 9 * 86_400_000 : next() * 2_000_000;
      this.put(made(seed, new Date(time)));
    }
  }

  put(photo) {
    this.photos.set(photo.id, photo);
    this.#cut = null;
  }

  change(photo, change) {
    Object.assign(photo, change, { revision: photo.revision + 1 });
    this.#cut = null;
    this.version += 1;
  }

  drop(photo) {
    this.photos.delete(photo.id);
    this.#cut = null;
    this.version += 1;
  }

  #cut = null;

  segments(favorite) {
    this.#cut ??= { all: cut(this.shown(false), "a"), favorite: cut(this.shown(true), "f") };
    return favorite ? this.#cut.favorite : this.#cut.all;
  }

  segment(id) {
    return this.segments(id.startsWith("f")).find((segment) => segment.id === id);
  }

  shown(favorite) {
    return [...this.photos.values()].filter((photo) => !photo.trashed_at && (!favorite || photo.favorite)).sort((a, b) => (a.taken_at < b.taken_at ? 1 : -1));
  }

  trash() {
    return [...this.photos.values()].filter((photo) => photo.trashed_at).sort((a, b) => (a.trashed_at < b.trashed_at ? 1 : -1));
  }
}

function cut(photos, scope) {
  const segments = [];
  for (const photo of photos) {
    const month = photo.taken_at.slice(0, 7);
    let last = segments.at(-1);
    if (!last || last.month !== month || last.photos.length >= SEGMENT_LIMIT) {
      last = { id: `${scope}-${month}-${last?.month === month ? last.part + 1 : 0}`, part: last?.month === month ? last.part + 1 : 0, month, photos: [] };
      segments.push(last);
    }
    last.photos.push(photo);
  }
  // Grows with any change to what it shows, which is all the page relies on.
  for (const segment of segments) segment.version = segment.photos.reduce((sum, photo) => sum + photo.revision, segment.photos.length);
  return segments;
}

function made(seed, taken) {
  const next = random(seed * 31 + 7);
  const ratio = RATIOS[Math.floor(next() * RATIOS.length)];
  const long = 4608;
  return photoOf({
    seed, ratio, taken_at: taken.toISOString(), favorite: next() < 0.05,
    width: ratio >= 1 ? long : Math.round(long * ratio), height: ratio >= 1 ? Math.round(long / ratio) : long,
    filename: `DSC_${String(seed + 1).padStart(5, "0")}.JPG`, bytes: 2_000_000 + Math.floor(next() * 9_000_000), media_type: "image/jpeg",
    camera: { ...CAMERAS[Math.floor(next() * CAMERAS.length)], iso: [100, 200, 400, 1600][Math.floor(next() * 4)], f_number: 2.8, exposure: 1 / 250, focal_length: 35 },
    position: next() < 0.5 ? { lat: 46.2 + next(), lon: 7.4 + next(), altitude: 600 + next() * 2000 } : null,
  });
}

export function photoOf(facts) {
  const id = facts.id ?? randomUUID();
  return {
    id, sha256: createHash("sha256").update(id).digest("hex"), revision: 1, uploaded_at: new Date().toISOString(), title: null, description: null,
    favorite: false, trashed_at: null, position: null, camera: {}, ...facts,
  };
}

export function thumbhash(photo) {
  if (photo.thumbhash) return photo.thumbhash;
  const { w, h, rgba } = pixels(photo.seed, photo.ratio);
  photo.thumbhash = Buffer.from(rgbaToThumbHash(w, h, rgba)).toString("base64");
  return photo.thumbhash;
}

const media = (photo, variant) => `/media/${photo.id}/${variant}?exp=4102444800&sig=demo`;

export const toPhoto = (photo) => ({
  id: photo.id, owner_id: "demo", sha256: photo.sha256, bytes: photo.bytes, filename: photo.filename, media_type: photo.media_type,
  width: photo.width, height: photo.height, taken_at: photo.taken_at, taken_at_local: photo.taken_at.slice(0, 23), utc_offset_minutes: 120,
  uploaded_at: photo.uploaded_at, title: photo.title, description: photo.description, favorite: photo.favorite, rating: null, archived: false, tags: [],
  camera: photo.camera, position: photo.position, place: null, thumbhash: thumbhash(photo), color: "#888888", trashed_at: photo.trashed_at,
  urls: { thumb: media(photo, "thumb.webp"), preview: media(photo, "preview.jpg"), original: media(photo, "original.jpg") }, etag: `"${photo.revision}"`,
});

export const toColumns = ({ photos }) => ({
  id: photos.map(({ id }) => id),
  taken_at: photos.map((photo) => photo.taken_at),
  taken_at_local: photos.map((photo) => photo.taken_at.slice(0, 23)),
  ratio: photos.map(({ width, height }) => width / height),
  thumbhash: photos.map(thumbhash),
  thumb: photos.map((photo) => media(photo, "thumb.webp")),
  flags: photos.map(({ favorite }) => (favorite ? 1 : 0)),
});
