// Uploads through HTTP until each photo is stored, catalogued and its pictures are there.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Client } from "../tests/lib/client.mjs";
import { another } from "../tests/lib/pictures.mjs";
import { startFour, startOneProcess } from "../tests/lib/stack.mjs";
import { family, median, megabytes, memory, processorSeconds, table } from "./lib.mjs";

const CLIENTS = 4;
const PHOTOS = 120;
const ROUNDS = 3;
const megapixels = { min: 8e6, max: 30e6 };

/** JPEGs as phones and cameras make them, each time in other bytes. */
function photos(samples) {
  const folder = path.join(samples, "camera");
  const names = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
  return names.map((name) => readFileSync(path.join(folder, name))).filter((bytes) => {
    const pixels = dimensions(bytes);
    return pixels >= megapixels.min && pixels <= megapixels.max;
  });
}

/** Width times height, by the frame header. */
function dimensions(jpeg) {
  for (let at = 2; at + 9 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return jpeg.readUInt16BE(at + 5) * jpeg.readUInt16BE(at + 7);
  }
  return 0;
}

const ours = (stack) => Object.values(stack.programs).flatMap((program) => family(program.pid));
const used = (stack) => ours(stack).reduce((sum, pid) => sum + processorSeconds(pid), 0);
const resident = (stack, which = "now") => ours(stack).reduce((sum, pid) => sum + memory(pid)[which], 0);

async function measure(start, sources) {
  const stack = await start({ env: { PHOTURE_LOG: "info" } });
  try {
    const client = await Client.register(stack.url);
    await client.upload(another(sources[0]), "warm.jpg");
    const idle = resident(stack);
    const rounds = [];
    let peak = idle;
    const watching = setInterval(() => (peak = Math.max(peak, resident(stack))), 100);
    for (let round = 0; round < ROUNDS; round++) {
      const batch = Array.from({ length: PHOTOS }, (_, n) => another(sources[n % sources.length]));
      const queue = batch.entries();
      const cpu = used(stack);
      const begun = performance.now();
      await Promise.all(Array.from({ length: CLIENTS }, async () => {
        for (const [n, bytes] of queue) {
          const answer = await client.upload(bytes, `bench-${n}.jpg`);
          if (answer.status !== 201) throw new Error(await answer.text());
          await answer.arrayBuffer();
        }
      }));
      rounds.push({ rate: PHOTOS / ((performance.now() - begun) / 1000), cpu: (used(stack) - cpu) / PHOTOS });
    }
    clearInterval(watching);
    return { rate: median(rounds.map(({ rate }) => rate)), cpu: median(rounds.map(({ cpu }) => cpu)), idle, peak };
  } finally {
    await stack.stop();
  }
}

export async function platform({ samples }) {
  const sources = photos(samples);
  const average = sources.reduce((sum, bytes) => sum + bytes.length, 0) / sources.length;
  const rows = [];
  for (const [name, start] of [["one process, SQLite", startOneProcess], ["four services, MongoDB, nginx", startFour]]) {
    const { rate, cpu, idle, peak } = await measure(start, sources);
    console.error(name, { rate, cpu, idle, peak });
    rows.push([name, rate.toFixed(1), cpu.toFixed(3), megabytes(idle), megabytes(peak)]);
  }
  rows.push(["*Immich 3.1.0, machine learning off (measured elsewhere, not in this run)*", "*3.7*", "*0.51–0.58*", "*900–1300*", "*1800–2400*"]);
  return `## Uploads

${PHOTOS} photos by ${CLIENTS} clients on the same machine, ${sources.length} different JPEGs of ${(megapixels.min / 1e6).toFixed(0)} to ${(megapixels.max / 1e6).toFixed(0)} megapixels, ${(average / 1e6).toFixed(1)} MB on average, each in new bytes; finished
means stored, catalogued and its pictures there. Median of ${ROUNDS} rounds. Processor seconds and memory are of all processes together, database and nginx
included; the clients' are not counted, but they take their part of the same cores.

${table(["", "photos a second", "processor s a photo", "memory idle, MB", "memory at most, MB"], rows)}
`;
}
