// What it takes of a small machine.
import assert from "node:assert/strict";
import { openAsBlob, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client } from "../lib/client.mjs";
import { padded, photos, png, samples } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { binaries, forms } from "../lib/stack.mjs";

const MB = 1 << 20;
/** Together, without MongoDB and nginx. Programs that are not optimised hold more of themselves: for them twice as much. */
const room = binaries.endsWith("release") ? 1 : 2;
const idleLimit = { "one process": 60 * MB * room, "four services": 120 * MB * room };

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, client;
    before(async () => {
      stack = await start();
      client = await Client.register(stack.url);
    });
    after(() => stack?.stop());
    const ours = () => Object.keys(stack.programs).filter((name) => !["mongod", "nginx"].includes(name));

    test("idle, it is small", async (t) => {
      const idle = ours().map((name) => [name, stack.memory(name).now]);
      const sum = idle.reduce((total, [, bytes]) => total + bytes, 0);
      t.diagnostic(idle.map(([name, bytes]) => `${name} ${(bytes / MB).toFixed(1)} MB`).join(", "));
      assert.ok(sum < idleLimit[form], `${(sum / MB).toFixed(1)} MB`);
    });

    test("a JPEG padded to 100 MB costs no more than the same picture without", async (t) => {
      const jpeg = samples ? readFileSync(path.join(samples, "camera/nokia-8.jpg")) : await madeJpeg(client);
      for (let n = 0; n < 4; n++) await client.uploadSurely(padded(jpeg, 100 + n), `plain-${n}.jpg`);
      const before = Object.fromEntries(ours().map((name) => [name, stack.memory(name).peak]));
      const file = path.join(stack.dir, "padded.jpg");
      writeFileSync(file, padded(jpeg, 99 * MB - jpeg.length));
      const answer = await client.upload(null, "padded.jpg", { blob: await openAsBlob(file) });
      assert.equal(answer.status, 201, await answer.clone().text());
      for (const name of ours()) {
        const grown = stack.memory(name).peak - before[name];
        t.diagnostic(`${name}: peak grew by ${(grown / MB).toFixed(1)} MB, from ${(before[name] / MB).toFixed(1)}`);
        assert.ok(grown < 16 * MB, `${name} grew by ${(grown / MB).toFixed(1)} MB`);
      }
    });

    test("after a batch it gives its memory back", async (t) => {
      const [...batch] = photos(12);
      await Promise.all(batch.map((photo) => client.uploadSurely(photo.bytes, photo.name)));
      const sum = () => ours().reduce((total, name) => total + stack.memory(name).now, 0);
      await until("the memory given back", () => sum() < idleLimit[form] + 30 * MB, 20);
      t.diagnostic(ours().map((name) => `${name} ${(stack.memory(name).now / MB).toFixed(1)} MB`).join(", "));
    });
  });
}

/** Where there are no samples: the preview of a made picture is a JPEG. */
async function madeJpeg(client) {
  const photo = await client.uploadSurely(png(1600, 1200), "made.png");
  return client.bytes(photo.urls.preview);
}
