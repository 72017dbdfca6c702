// What the fuzzer begins with: fixtures, a small file of each kind made by `imaging`, and from the samples what is small or hostile.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const LONGEST = 65_536;

/** Parts of pictures that have targets of their own, and where they are: behind a mark, up to the end of their segment. */
const PARTS = { exif: "Exif\0\0", xmp: "http://ns.adobe.com/xap/1.0/\0", iptc: "Photoshop 3.0\0", icc: "ICC_PROFILE\0" };

/** What workers answer, as documents. */
function answers() {
  const picture = {
    media_type: "image/jpeg", width: 4000, height: 3000, taken: { at: "2024-07-28T21:04:05.250Z", utc_offset_minutes: 120 },
    camera: { make: "Nobody", model: "X", lens: null, iso: 100, f_number: 2.8, exposure: 0.004, focal_length: 35 },
    position: { lat: 52.5, lon: 13.4, altitude: 34 }, title: "Sea", description: null, rating: 5, tags: ["sea", "sand"],
    metadata: { EXIF: { FNumber: 2.8, Make: "Nobody" } }, thumbhash: "3OcRJYB4d3h/iIeHeEh3eIhw+j2w", color: "#aabbcc",
    thumb: { width: 512, height: 384 }, preview: { width: 1440, height: 1080 },
  };
  const refusals = ["Empty", { Corrupt: "it declares no pixels" }, { TooManyPixels: { width: 1, height: 2, limit: 1 } }, { Io: "Input/output error" }];
  return [{ Ok: picture }, ...refusals.map((Err) => ({ Err }))].map((result) => Buffer.from(JSON.stringify({ result, panic: null })));
}

/** A frame with its three lengths before it. */
function framed(document) {
  const lengths = Buffer.alloc(12);
  lengths.writeUInt32LE(document.length, 0);
  return Buffer.concat([lengths, document]);
}

/** The parts of a JPEG that are worth seeds of their own, by kind. */
function partsOf(bytes) {
  return Object.entries(PARTS).flatMap(([kind, mark]) => {
    const at = bytes.indexOf(mark, 0, "latin1");
    if (at < 4) return [];
    const end = at - 2 + bytes.readUInt16BE(at - 2);
    const beginning = at + mark.length + (kind === "icc" ? 2 : 0);
    return end > beginning ? [[kind, bytes.subarray(beginning, Math.min(end, beginning + LONGEST))]] : [];
  });
}

/** All seeds: their kinds, names and bytes. */
export function seeds(root, samples) {
  const made = path.join(root, ".cache/fuzz/made");
  mkdirSync(made, { recursive: true });
  // Of the whole workspace, as the tests build it: by itself it would have other features, and all would be compiled again.
  const built = spawnSync("cargo", ["build", "--quiet", "--locked", "--workspace", "--example", "seeds"], { cwd: root, stdio: "inherit" });
  const maker = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "debug/examples/seeds");
  if (built.status !== 0 || spawnSync(maker, [made], { stdio: "inherit" }).status !== 0) throw new Error("the seeds could not be made");
  const folders = [made, path.join(root, "crates/imaging/tests/fixtures")];
  if (samples) folders.push(...["hostile", "metadata", "orientation", "camera"].map((folder) => path.join(samples, folder)));
  const files = folders.filter(existsSync).flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
  const found = files.filter((file) => !file.endsWith(".md")).flatMap((file) => {
    const bytes = readFileSync(file);
    const name = path.basename(file);
    const kind = path.extname(name).slice(1).replace("tiff", "tif");
    const parts = kind === "jpg" ? partsOf(bytes).map(([kind, bytes]) => ({ kind, name, bytes })) : [];
    return bytes.length <= LONGEST ? [{ kind, name, bytes }, ...parts] : parts;
  });
  const documents = answers().flatMap((bytes, index) => [
    { kind: "answer", name: `${index}.json`, bytes }, { kind: "frame", name: `${index}.frame`, bytes: framed(bytes) },
  ]);
  return [...found, ...documents];
}

/** Puts those of `kinds` into the folder of a target, or all where there are no kinds. */
export function sow(all, folder, { kinds, longest }) {
  const pictures = ({ kind }) => !(kind in PARTS) && !["answer", "frame", "name"].includes(kind);
  for (const seed of all.filter((seed) => (kinds.length === 0 ? pictures(seed) : kinds.includes(seed.kind)))) {
    writeFileSync(path.join(folder, `seed-${seed.kind}-${seed.name}`), seed.bytes.subarray(0, longest));
  }
}
