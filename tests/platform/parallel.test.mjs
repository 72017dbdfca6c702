// Fifty photos at once: none fails, memory stays bounded, and whoever asks whether the service lives is answered.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, sha256 } from "../lib/client.mjs";
import { heartbeat } from "../lib/heartbeat.mjs";
import { another, png, samples } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { children, forms } from "../lib/stack.mjs";

const MB = 1 << 20;
const UPLOADS = 50;
/** Decoders at once, as on two cores. */
const DECODERS = 2;
/** Of the program that receives and decodes, with its workers: docs/operations.md promises it. */
const LIMIT = 320 * MB;
/** Far more than it takes, because machines that run tests are busy: the measured one is in the output. */
const LIVE_MS = 1000;

/** 12 megapixels. */
const photo = samples ? readFileSync(path.join(samples, "camera/book-beside-flowers.jpg")) : png(4000, 3000);

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, client;
    const media = () => (stack.services ? "media" : "photure");
    const pid = () => stack.programs[media()].pid;
    before(async () => {
      stack = await start({ env: { PHOTURE_DECODE_CONCURRENCY: String(DECODERS), PHOTURE_DECODE_SANDBOX: "required" } });
      client = await Client.register(stack.url);
    });
    after(() => stack?.stop());

    test(`${UPLOADS} photos of 12 megapixels at once`, async (t) => {
      const batch = Array.from({ length: UPLOADS }, () => another(photo));
      const pulse = heartbeat(`${stack.services?.media ?? stack.url}/health/live`);
      let most = 0;
      let workers = 0;
      const watch = setInterval(() => {
        most = Math.max(most, stack.memory(media()).now);
        workers = Math.max(workers, children(pid()).length);
      }, 50);
      const since = performance.now();
      const answers = await Promise.all(
        batch.map(async (bytes, n) => {
          const response = await client.upload(bytes, `at-once-${n}`);
          assert.equal(response.status, 201, await response.clone().text());
          assert.equal((await response.json()).sha256, sha256(bytes));
        }),
      ).finally(() => clearInterval(watch));
      const seconds = (performance.now() - since) / 1000;
      const { times, median, longest, troubles } = await pulse.stop();
      t.diagnostic(`${answers.length} photos in ${seconds.toFixed(1)} s; ${media()} with at most ${workers} workers held at most ${(most / MB).toFixed(1)} MB`);
      t.diagnostic(`/health/live asked ${times} times: median ${median.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`);
      assert.deepEqual(troubles, []);
      assert.ok(times > 10 && longest < LIVE_MS, `${times} times, ${longest} ms`);
      assert.ok(workers >= 1 && workers <= DECODERS, `${workers} workers`);
      assert.ok(most < LIMIT, `${(most / MB).toFixed(1)} MB`);
      assert.equal((await client.photos()).length, UPLOADS);
    });

    test("an idle worker that is killed is not missed", async () => {
      await client.uploadSurely(another(photo), "warm.jpg");
      process.kill(children(pid())[0], "SIGKILL");
      const response = await client.upload(another(photo), "next.jpg");
      assert.equal(response.status, 201, await response.clone().text());
    });

    test("when nothing is uploaded there are no workers", async () => {
      await until("the workers ended", () => children(pid()).length === 0, 60);
    });

    test("workers end with the service, however it ends", async () => {
      await client.uploadSurely(another(photo), "last.jpg");
      const alive = children(pid());
      assert.ok(alive.length > 0);
      await stack.programs[media()].kill();
      const gone = (worker) => {
        try {
          return !readFileSync(`/proc/${worker}/cmdline`, "utf8").includes("photure-decoder");
        } catch {
          return true;
        }
      };
      await until("the workers gone", () => alive.every(gone));
    });
  });
}
