// A Live Photo is two files that belong together: they come together, are shown, fetched and archived together, survive together, and go together.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, assertProblem, sha256 } from "../lib/client.mjs";
import { film, identifier, picture } from "../lib/live.mjs";
import { until } from "../lib/processes.mjs";
import { forms, photure } from "../lib/stack.mjs";

/** `photure …` beside the services, as an operator runs it. */
function run(stack, args, env = {}) {
  return new Promise((resolve) => {
    execFile(photure(), args, { env: { PATH: process.env.PATH, ...stack.env, ...env } }, (error, stdout, stderr) =>
      resolve({ status: error ? error.code : 0, stdout, stderr }),
    );
  });
}

const originalOf = (stack, hash) => path.join(stack.files, "originals", hash.slice(0, 2), hash.slice(2, 4), hash);
const filmOf = (stack, photo, bytes) => `${originalOf(stack, photo)}.${sha256(bytes)}.mov`;

/** The film of a photo, byte for byte, whole and in part. */
async function assertPlays(client, photo, bytes) {
  assert.deepEqual({ ...photo.live, url: null }, { url: null, bytes: bytes.length, media_type: "video/quicktime" });
  const whole = await fetch(client.url + photo.live.url);
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get("content-type"), "video/quicktime");
  assert.equal(whole.headers.get("x-content-type-options"), "nosniff");
  const name = photo.filename.replace(/\.\w+$/, ".mov");
  assert.equal(whole.headers.get("content-disposition"), `attachment; filename="${name}"`);
  assert.ok(Buffer.from(await whole.arrayBuffer()).equals(bytes), "not the film that was sent");
  const part = await fetch(client.url + photo.live.url, { headers: { range: "bytes=1000-1999" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), `bytes 1000-1999/${bytes.length}`);
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1000, 2000)));
  const forged = photo.live.url.replace(/live-[0-9a-f]{64}/, `live-${"0".repeat(64)}`);
  await assertProblem(await fetch(client.url + forged), 403, "address_invalid");
}

/** A film by tus, broken off half-way and gone on with. */
async function sendFilm(client, photo, bytes) {
  const said = (key, value) => `${key} ${Buffer.from(value).toString("base64")}`;
  const tus = (method, where, headers, body) => client.call(method, where, { headers: { "tus-resumable": "1.0.0", ...headers }, body });
  const made = await tus("POST", "uploads", {
    "upload-length": `${bytes.length}`,
    "upload-metadata": [said("filename", "IMG_2.MOV"), said("sha256", sha256(bytes)), said("live_of", photo)].join(","),
  });
  assert.equal(made.status, 201, await made.clone().text());
  const upload = made.headers.get("location");
  const half = bytes.length >> 1;
  const patch = (from, to) =>
    tus("PATCH", upload, { "upload-offset": `${from}`, "content-type": "application/offset+octet-stream" }, bytes.subarray(from, to));
  assert.equal((await patch(0, half)).status, 204);
  const head = await tus("HEAD", upload, {});
  assert.equal(head.headers.get("upload-offset"), `${half}`);
  return patch(half, bytes.length);
}

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, ada, bob, first, second;
    before(async () => {
      stack = await start({ env: { PHOTURE_SWEEP_SECONDS: "1" } });
      [ada, bob] = [await Client.register(stack.url, "ada"), await Client.register(stack.url, "bob")];
    });
    after(() => stack?.stop());

    test("both halves in one form become one photo", async () => {
      const id = identifier();
      first = { picture: picture(id), film: film(id) };
      const made = await ada.upload(first.picture, "IMG_1.JPG", { live: first.film });
      assert.equal(made.status, 201, await made.clone().text());
      const photo = await made.json();
      await assertPlays(ada, photo, first.film);
      assert.deepEqual(await ada.get(`photos/${photo.id}`), photo);
      const { usage } = await ada.get("users/me");
      assert.deepEqual([usage.photos, usage.bytes], [1, first.picture.length + first.film.length]);
      assert.ok(existsSync(filmOf(stack, photo.sha256, first.film)));
      // Once more is the same photo, and another film of it is not kept in silence.
      const again = await ada.upload(first.picture, "IMG_1.JPG", { live: first.film });
      assert.equal(again.status, 200);
      assert.equal((await again.json()).id, photo.id);
      await assertProblem(await ada.upload(first.picture, "IMG_1.JPG", { live: film(id, 10) }), 409, "live_exists");
      await assertPlays(ada, await ada.get(`photos/${photo.id}`), first.film);
    });

    test("a film arrives later, in pieces", async () => {
      const id = identifier();
      second = { picture: picture(id), film: film(id, 200_000) };
      const made = await ada.upload(second.picture, "IMG_2.HEIC");
      const photo = await made.json();
      assert.equal(photo.live, null);
      const checked = async () => {
        const items = [{ ref: "2", sha256: photo.sha256, bytes: photo.bytes }];
        return (await (await ada.call("POST", "photos/check", { json: { items } })).json()).items[0].live;
      };
      assert.equal(await checked(), false);
      const sent = await sendFilm(ada, photo.sha256, second.film);
      assert.equal(sent.status, 204, await sent.clone().text());
      assert.equal(await checked(), true);
      await assertPlays(ada, await ada.get(`photos/${photo.id}`), second.film);
    });

    test("what does not belong together is not put together", async () => {
      const [id, other] = [identifier(), identifier()];
      const mine = picture(id);
      await assertProblem(await ada.upload(mine, "IMG_3.JPG", { live: film(other, 100) }), 422, "live_mismatch");
      await assertProblem(await ada.upload(mine, "IMG_3.JPG", { live: mine }), 415, "unsupported_media_type");
      await assertProblem(await ada.upload(mine, "IMG_3.JPG", { live: film(id, 100).subarray(0, 150) }), 422, "truncated_image");
      assert.ok(!existsSync(originalOf(stack, sha256(mine))), "neither half is kept");
      await assertProblem(await ada.upload(film(id, 100), "IMG_3.MOV"), 415, "unsupported_media_type");
      const kept = await (await ada.upload(mine, "IMG_3.JPG")).json();
      await assertProblem(await sendFilm(ada, kept.sha256, film(other, 100)), 422, "live_mismatch");
      // Another's photo is not there, whatever one knows of it.
      await assertProblem(await sendFilm(bob, kept.sha256, film(id, 100)), 404, "not_found");
      assert.equal((await ada.get(`photos/${kept.id}`)).live, null);
      await ada.call("DELETE", `photos/${kept.id}?permanent=true`);
    });

    test("the command sends both, and later the film alone", async () => {
      const client = await Client.register(stack.url);
      const folder = mkdtempSync(path.join(tmpdir(), "photure-live-"));
      const put = (name, bytes) => writeFileSync(path.join(folder, name), bytes);
      const upload = async (...args) => {
        const env = { XDG_STATE_HOME: path.join(folder, ".state"), PHOTURE_PASSWORD: client.credentials.password };
        const { status, stdout, stderr } = await run(stack, ["upload", "--server", stack.url, "--user", client.credentials.username, "--json", ...args, folder], env);
        assert.equal(status, 0, stdout + stderr);
        const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
        const named = (event) => events.filter((one) => one.event === event && one.path).map((one) => path.basename(one.path)).sort();
        return { sent: named("uploaded"), planned: named("would_upload"), there: named("already_there"), refused: named("no_picture") };
      };
      try {
        const [one, two] = [identifier(), identifier()];
        const moving = film(one, 100_000);
        put("IMG_1.JPG", picture(one));
        put("IMG_1.MOV", moving);
        put("IMG_2.JPG", picture(two));
        put("IMG_2.MOV", film(identifier(), 1000));
        put("IMG_9.MOV", film(identifier(), 1000));
        const nothing = { sent: [], planned: [], there: [], refused: ["IMG_2.MOV", "IMG_9.MOV"] };
        assert.deepEqual(await upload("--dry-run"), { ...nothing, planned: ["IMG_1.JPG", "IMG_1.MOV", "IMG_2.JPG"] });
        assert.deepEqual(await upload(), { ...nothing, sent: ["IMG_1.JPG", "IMG_1.MOV", "IMG_2.JPG"] });
        const photos = async () => Object.fromEntries((await client.photos()).map((photo) => [photo.filename, photo]));
        await assertPlays(client, (await photos())["IMG_1.JPG"], moving);
        assert.equal((await photos())["IMG_2.JPG"].live, null);
        // The right film turns up after all.
        const late = film(two, 5000);
        put("IMG_2.MOV", late);
        const again = { ...nothing, there: ["IMG_1.JPG", "IMG_1.MOV", "IMG_2.JPG"], refused: ["IMG_9.MOV"] };
        assert.deepEqual(await upload(), { ...again, sent: ["IMG_2.MOV"] });
        await assertPlays(client, (await photos())["IMG_2.JPG"], late);
        assert.deepEqual(await upload(), { ...again, there: ["IMG_1.JPG", "IMG_1.MOV", "IMG_2.JPG", "IMG_2.MOV"] });
      } finally {
        rmSync(folder, { recursive: true });
        const photos = await client.photos();
        for (const photo of photos) await client.call("DELETE", `photos/${photo.id}?permanent=true`);
        await until("what the command sent is gone", () => !photos.some((photo) => existsSync(originalOf(stack, photo.sha256))));
      }
    });

    test("an archive has both", async () => {
      const photos = await ada.photos();
      const asked = await ada.call("POST", "archives", { json: { photo_ids: photos.map((photo) => photo.id) } });
      const archive = await asked.json();
      assert.deepEqual([archive.photos, archive.bytes], [2, [first, second].flatMap(Object.values).reduce((sum, half) => sum + half.length, 0)]);
      const folder = mkdtempSync(path.join(tmpdir(), "photure-live-"));
      try {
        writeFileSync(path.join(folder, "a.zip"), await ada.bytes(archive.url));
        execFileSync("python3", ["-m", "zipfile", "-e", "a.zip", "."], { cwd: folder });
        assert.deepEqual(readdirSync(folder).sort(), ["IMG_1.JPG", "IMG_1.mov", "IMG_2.HEIC", "IMG_2.mov", "a.zip"]);
        for (const [name, bytes] of [["IMG_1.JPG", first.picture], ["IMG_1.mov", first.film], ["IMG_2.HEIC", second.picture], ["IMG_2.mov", second.film]]) {
          assert.ok(readFileSync(path.join(folder, name)).equals(bytes), name);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test("a lost film is found missing, a damaged one damaged, and neither is deleted", async () => {
      const file = filmOf(stack, sha256(second.picture), second.film);
      const kinds = async () => {
        const checked = await run(stack, ["check", "--json", "--repair"]);
        const lines = checked.stdout.trim().split("\n").map((line) => JSON.parse(line));
        return lines.map((line) => line.finding?.kind).filter(Boolean);
      };
      assert.deepEqual(await kinds(), []);
      unlinkSync(file);
      assert.deepEqual(await kinds(), ["missing_film"]);
      const rotten = Buffer.from(second.film);
      rotten[100] ^= 1;
      writeFileSync(file, rotten, { mode: 0o640 });
      assert.deepEqual(await kinds(), ["corrupt_film"]);
      assert.ok(readFileSync(file).equals(rotten));
      writeFileSync(file, second.film);
    });

    test("a catalogue made again from the storage has both", async () => {
      const before = (await ada.photos()).map(({ urls, live, etag, ...photo }) => ({ ...photo, live: live && live.bytes }));
      await stack.stopServices();
      await stack.loseDatabase();
      const rebuilt = await run(stack, ["rebuild"]);
      assert.equal(rebuilt.status, 0, rebuilt.stdout + rebuilt.stderr);
      assert.match(rebuilt.stdout, /^2 photos were catalogued/m);
      await stack.startServices();
      ada.credentials.password = /^ada +(\S+)/m.exec(rebuilt.stdout)[1];
      ada.access = undefined;
      await ada.login();
      const photos = await ada.photos();
      assert.deepEqual(photos.map(({ urls, live, etag, ...photo }) => ({ ...photo, live: live && live.bytes })), before);
      const named = (name) => photos.find((photo) => photo.filename === name);
      await assertPlays(ada, named("IMG_1.JPG"), first.film);
      await assertPlays(ada, named("IMG_2.HEIC"), second.film);
    });

    test("a purge takes both", async () => {
      for (const photo of await ada.photos()) await ada.call("DELETE", `photos/${photo.id}?permanent=true`);
      await until("both halves are gone", () => {
        const halves = [first, second].flatMap((pair) => {
          const hash = sha256(pair.picture);
          return [originalOf(stack, hash), filmOf(stack, hash, pair.film)];
        });
        return !halves.some((half) => existsSync(half));
      });
      const { usage } = await ada.get("users/me");
      assert.deepEqual([usage.photos, usage.bytes], [0, 0]);
    });
  });
}
