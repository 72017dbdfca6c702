// What previews look like beside libvips', and what one decode holds of memory.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Lines, pictureTools } from "./peers.mjs";
import { median, run, table } from "./lib.mjs";

export async function quality({ root, cache, samples }) {
  const tools = await pictureTools(cache, root);
  const folder = path.join(samples, "camera");
  const files = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name)).sort();
  const scratch = mkdtempSync(path.join(os.tmpdir(), "photure-bench-"));
  const [maker, judge] = [new Lines("Photure", tools.rust, ["photure"]), new Lines("judge", "python3", [path.join(import.meta.dirname, "quality.py")], tools.python)];
  const scores = [];
  for (const name of files) {
    const [photo, preview] = [path.join(folder, name), path.join(scratch, name)];
    await maker.ask(`${photo}\t${preview}`);
    scores.push({ name, ...(await judge.ask(`${photo}\t${preview}`)) });
    console.error(name, JSON.stringify(scores.at(-1)));
  }
  maker.stop();
  judge.stop();
  const apart = scores.map(({ photure, vips }) => photure - vips);
  const rows = scores.map(({ name, photure, vips, bytes }) => [name, photure.toFixed(1), vips.toFixed(1), (photure - vips).toFixed(1), bytes.toFixed(3)]);

  const peaks = [];
  for (const [megapixels, width, height] of [[24, 6000, 4000], [108, 12000, 9000]]) {
    for (const progressive of [false, true]) {
      const file = path.join(scratch, `${megapixels}-${progressive}.jpg`);
      const script = "import pyvips,sys;s,t,w,h,p=sys.argv[1:];pyvips.Image.thumbnail(s,int(w),height=int(h),size='force').jpegsave(t,Q=92,keep='none',subsample_mode='on',interlace=p=='true')";
      await run("python3", ["-c", script, path.join(folder, "nikon-d3100.jpg"), file, width, height, progressive].map(String), { env: { ...process.env, ...tools.python } });
      const { stdout } = await run(tools.measure, [file]);
      if (!stdout.includes("preview")) throw new Error(`refused: ${stdout}`);
      const [, ms, megabytes] = /^\s*([\d.]+)\s+([\d.]+)\s+\//m.exec(stdout);
      peaks.push([`${megapixels} megapixels, ${progressive ? "progressive" : "baseline"}`, megabytes, ms]);
    }
  }
  rmSync(scratch, { recursive: true });
  return `## What previews look like

SSIMULACRA 2 (higher is nearer) against a full decode with a Lanczos resize by Pillow. libvips: \`thumbnail\` and JPEG at quality 80 with 4:2:0, to the same
size. In the median a preview of Photure's is **${median(apart).toFixed(1)}** points from libvips' (worst ${Math.min(...apart).toFixed(1)}), at **${median(scores.map(({ bytes }) => bytes)).toFixed(3)}** of its bytes.

${table(["photo", "Photure", "libvips", "difference", "bytes beside libvips'"], rows)}

## What one decode holds

The most memory that a process held that decodes one photo and nothing else, program and libraries included; the photo is one of the samples, enlarged.

${table(["JPEG", "MB at most", "processor ms"], peaks)}
`;
}
