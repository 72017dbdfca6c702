// Many photos by tus-js-client, and whether they have all come.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { sha256 } from "./client.mjs";
import { CuttingLine } from "./cutting.mjs";
import { another, isJpeg, padded, smallPhoto } from "./pictures.mjs";

const { Upload } = createRequire(new URL("../../frontend/package.json", import.meta.url))("tus-js-client");
export const AT_ONCE = 4;

/** Photos of up to two megabytes, so that a line has time to break within one. */
export function files(count) {
  const photo = smallPhoto();
  return Array.from({ length: count }, (_, n) => {
    const size = Math.floor(Math.random() * 2_000_000);
    const bytes = another(isJpeg(photo) ? padded(photo, size) : photo);
    return { name: `tus-${n}.jpg`, bytes, sha256: sha256(bytes) };
  });
}

/**
 * One file by tus-js-client, to its end. It does not try again itself where the request that joins parallel parts breaks; whoever uses
 * it does.
 */
export async function byTusJs(client, url, file, n) {
  for (let tries = 0; ; tries++) {
    try {
      return await once(client, url, file, n);
    } catch (error) {
      if (error.originalResponse || tries > 50) throw error;
      await pause(200);
    }
  }
}

function once(client, url, file, n) {
  return new Promise((resolve, reject) => {
    // What breaks while an upload is made is not known to the client, which begins anew: with all of a file in that request, it
    // may never come through a line that is shorter than the file.
    const atCreation = n % 4 === 0 && n % 5 !== 0;
    const upload = new Upload(file.bytes, {
      endpoint: `${url}/api/v1/uploads`,
      headers: { authorization: `Bearer ${client.access}` },
      metadata: { filename: file.name, filetype: "image/jpeg", sha256: file.sha256 },
      // Small pieces, one request, parts in parallel, a length that is said at the end: whatever the client can do.
      chunkSize: n % 3 === 0 && !atCreation ? Infinity : 100_000 + Math.floor(Math.random() * 400_000),
      parallelUploads: n % 5 === 0 ? 2 : 1,
      uploadDataDuringCreation: atCreation,
      storeFingerprintForResuming: false,
      retryDelays: Array.from({ length: 200 }, (_, tries) => Math.min(50 * 2 ** tries, 1000)),
      onError: reject,
      onSuccess: () => resolve(upload.url),
    });
    upload.start();
  });
}

export async function each(items, work) {
  const queue = items.entries();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const [n, item] of queue) await work(item, n);
  }));
}

/** Kills a program and starts it again, at random moments, until it is to stop. */
class Killing {
  kills = 0;
  #over = false;
  #done;

  constructor(program, longest) {
    this.#done = this.#run(program, longest);
    this.#done.catch(() => {}); // told by stop()
  }

  async #run(program, longest) {
    // A slow machine gets little done between two kills: at some time it is left alone.
    while (!this.#over && this.kills < 40) {
      await pause(300 + Math.random() * longest);
      await program.kill();
      await program.start();
      this.kills++;
    }
  }

  stop() {
    this.#over = true;
    return this.#done;
  }
}

/**
 * Lets `send` send files over a line that breaks, to a program that is killed at random moments, and again where a fast machine was done
 * before enough had gone wrong. `send` gives what it has sent; this gives all of it.
 */
export async function overRoughLine({ to, program, longest = 1500, leastCuts, leastKills }, send) {
  const line = await CuttingLine.to(Number(new URL(to).port));
  const killing = new Killing(program, longest);
  const sent = [];
  try {
    for (let round = 0; round < 20 && (round === 0 || line.cuts < leastCuts || killing.kills < leastKills); round++) sent.push(...(await send(line.url)));
  } finally {
    line.cutting = false;
    await killing.stop();
    await line.stop();
  }
  assert.ok(line.cuts >= leastCuts && killing.kills >= leastKills, `too quiet a line: ${line.cuts} cuts, ${killing.kills} kills`);
  return { sent, said: `${sent.length} files, ${line.cuts} cuts, ${killing.kills} kills` };
}

/** That all of them are there, byte by byte, and once. */
export async function compare(client, sent) {
  const library = await client.photos();
  const byHash = new Map(library.map((photo) => [photo.sha256, photo]));
  assert.equal(byHash.size, library.length, "a photo is there twice");
  assert.equal(library.length, sent.length);
  await each(sent, async (file) => {
    const photo = byHash.get(file.sha256);
    assert.ok(photo, `${file.name} is gone`);
    assert.equal(photo.filename, file.name);
    assert.equal(sha256(await client.bytes(photo.urls.original)), file.sha256);
  });
}
