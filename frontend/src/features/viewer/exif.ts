import type { components } from "../../api/schema.gen";
import { formatBytes, formatClock, formatDate, formatOffset } from "../../lib/format";

type Photo = components["schemas"]["Photo"];
type Camera = components["schemas"]["Camera"];
type Position = components["schemas"]["Position"];

/** `Nikon D3100`: cameras say their maker twice, and some of them shout. */
export function cameraName({ make, model }: Camera): string | null {
  const maker = calm(clean(make)).replace(/\s+(corporation|corp\.?|co\.?,? ltd\.?|company|imaging|camera ag|inc\.?|gmbh|optical)\b.*$/i, "");
  const name = clean(model);
  if (!name) return maker || null;
  const again = maker.split(" ").find((word) => word && name.toLowerCase().startsWith(word.toLowerCase()));
  if (again) return `${again}${name.slice(again.length)}`;
  return maker ? `${maker} ${name}` : name;
}

/** `ƒ/2.8 · 1/125 s · 26 mm · ISO 400` */
export function exposureLine({ f_number, exposure, focal_length, iso }: Camera): string | null {
  const parts = [
    positive(f_number) && `ƒ/${trim(f_number, 1)}`,
    positive(exposure) && formatExposure(exposure),
    positive(focal_length) && `${trim(focal_length, 1)} mm`,
    positive(iso) && `ISO ${iso}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : null;
}

/** Seconds, as a camera shows them. */
export function formatExposure(seconds: number): string {
  return seconds < 0.3 ? `1/${Math.round(1 / seconds)} s` : `${trim(seconds, 1)} s`;
}

/** `46.81820° N, 8.22750° E` */
export function formatPosition({ lat, lon }: Position): string {
  return `${Math.abs(lat).toFixed(5)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon).toFixed(5)}° ${lon < 0 ? "W" : "E"}`;
}

export const formatAltitude = (metres: number) =>
  `${Math.abs(Math.round(metres))} m ${metres < -0.5 ? "below" : "above"} sea level`;

export const mapLink = ({ lat, lon }: Position) => `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`;

/** `4608 × 3072 · 14.2 MP · 5.4 MB` */
export function sizeLine({ width, height, bytes }: Pick<Photo, "width" | "height" | "bytes">): string {
  const megapixels = (width * height) / 1e6;
  const parts = [`${width} × ${height}`, megapixels >= 0.1 ? `${trim(megapixels, 1)} MP` : null, formatBytes(bytes)];
  return parts.filter(Boolean).join(" · ");
}

/** The day, and the time with its zone where the camera knew it. */
export function takenLines(photo: Pick<Photo, "taken_at_local" | "utc_offset_minutes">): [string, string] {
  const offset = photo.utc_offset_minutes;
  const zone = offset === null || offset === undefined ? "" : `, ${formatOffset(offset)}`;
  return [formatDate(photo.taken_at_local), `${formatClock(photo.taken_at_local)}${zone}`];
}

/** Any value a file may hold, short enough to read. */
export function formatTag(value: unknown): string {
  if (Array.isArray(value)) return value.map(formatTag).join(", ");
  if (value !== null && typeof value === "object") {
    return Object.entries(value).map(([key, inner]) => `${key}: ${formatTag(inner)}`).join(", ");
  }
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(8)));
  const text = typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 400;

/** `DateTimeOriginal` → `Date time original`, leaving abbreviations alone. */
export function formatTagName(name: string): string {
  const words = name.replace(/[_-]+/g, " ").replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2").split(" ");
  return words.map((word, index) => (index === 0 || /^[A-Z\d]{2,}$/.test(word) ? word : word.toLowerCase())).join(" ");
}

const clean = (text: string | null | undefined) => (text ?? "").replace(/\0/g, "").trim().replace(/\s+/g, " ");
const calm = (maker: string) => maker.replace(/\b[A-Z]{5,}\b/g, (word) => word.charAt(0) + word.slice(1).toLowerCase());
const positive = (value: number | null | undefined): value is number => typeof value === "number" && Number.isFinite(value) && value > 0;
const trim = (value: number, digits: number) => String(Number(value.toFixed(digits)));
