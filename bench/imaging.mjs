// From a file's bytes to its pictures: processor time of one thread, candidates one after the other on each photo.
import { readdirSync } from "node:fs";
import path from "node:path";
import { geometricMean, median, table } from "./lib.mjs";
import { Lines, pictureTools } from "./peers.mjs";

const ROUNDS = 7;
const here = import.meta.dirname;

async function peers(cache, root) {
  const { npm, rust, python } = await pictureTools(cache, root);
  const py = (name, kind) => new Lines(name, "python3", [path.join(here, "peer.py"), kind], python);
  const sharp = (name, kind) => new Lines(name, process.execPath, [path.join(here, "peer-sharp.mjs"), npm, kind], { VIPS_CONCURRENCY: "1" });
  return [
    new Lines("Photure, all of it", rust, ["photure"]),
    sharp("sharp 0.35, as Immich does it", "immich"),
    sharp("sharp 0.35, to Photure's sizes", "sizes"),
    py("libvips, one decode shared by hand, to Photure's sizes", "vips"),
    py("Pillow with draft mode, to Photure's sizes", "pillow-draft"),
    py("Pillow, to Photure's sizes", "pillow"),
    new Lines("image crate, to Photure's sizes", rust, ["image"]),
  ];
}

export async function imaging({ root, cache, samples }) {
  const folder = path.join(samples, "camera");
  const files = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name)).sort().map((name) => path.join(folder, name));
  const candidates = await peers(cache, root);
  const times = new Map(); // file → candidate → milliseconds
  const facts = new Map();
  for (const file of files) {
    const each = candidates.map(() => []);
    for (let round = -1; round < ROUNDS; round++) {
      for (const [n, candidate] of candidates.entries()) {
        const answer = await candidate.ask(file);
        if (answer.facts) facts.set(file, answer.facts);
        if (round >= 0) each[n].push(answer.ms ?? NaN);
      }
    }
    times.set(file, each.map(median));
    console.error(path.basename(file), times.get(file).map((ms) => ms.toFixed(1)).join("  "));
  }
  for (const candidate of candidates) candidate.stop();

  const kinds = [
    ["baseline JPEG", (file) => !facts.get(file).progressive],
    ["baseline JPEG of 12 megapixels and more", (file) => !facts.get(file).progressive && facts.get(file).megapixels >= 12],
    ["progressive JPEG", (file) => facts.get(file).progressive],
  ];
  const rows = candidates.map((candidate, n) => [
    candidate.name,
    ...kinds.flatMap(([, wanted]) => {
      const chosen = files.filter((file) => wanted(file) && !Number.isNaN(times.get(file)[n]));
      if (chosen.length === 0) return ["–", "–"];
      const ratio = geometricMean(chosen.map((file) => times.get(file)[n] / times.get(file)[0]));
      return [geometricMean(chosen.map((file) => times.get(file)[n])).toFixed(1), ratio.toFixed(2)];
    }),
  ]);
  const counts = kinds.map(([name, wanted]) => `${files.filter(wanted).length} ${name}`);
  return `## From a file to its pictures

Bytes → SHA-256, EXIF, ThumbHash, dominant colour, a thumb (512 px, WebP q80) and a preview (1440 px, JPEG), upright, in sRGB. Peers make the two pictures
and, as Immich does, a ThumbHash where it says so, and nothing else. Processor milliseconds of one thread, geometric mean over ${counts.join(", ")}; median of ${ROUNDS} interleaved
runs a photo. “×” is the ratio to Photure.

${table(["candidate", ...kinds.flatMap(([name]) => [`${name}, ms`, "×"])], rows)}
`;
}
