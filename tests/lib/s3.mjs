// An S3 server that checks signatures, and tells what it was asked.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { binary } from "./stack.mjs";
import { freePort, Program, until } from "./processes.mjs";

const BUCKET = "photos";
const KEYS = ["test-key", "a secret that only the test knows"];

/** For `startFour`: a bucket instead of a folder. Gives `stack.bucket`. */
export async function s3(stack) {
  const address = `127.0.0.1:${await freePort()}`;
  const folder = path.join(stack.dir, "s3");
  mkdirSync(path.join(folder, BUCKET), { recursive: true });
  const log = path.join(stack.dir, "s3.log");
  stack.programs.s3 = new Program("s3", binary("examples/s3_server"), [address, folder], {
    env: { S3_ACCESS_KEY_ID: KEYS[0], S3_SECRET_ACCESS_KEY: KEYS[1] },
    log,
  });
  stack.programs.s3.spawn();
  await until("the S3 server listens", () => readFileSync(log, "utf8").includes("listening"));
  stack.bucket = {
    origin: `http://${address}`,
    /** Each as `GET /photos/originals/… 200`. */
    asked: () => readFileSync(log, "utf8").split("\n").filter((line) => / \/photos.* \d+$/.test(line)),
    /** Keys of all objects. */
    keys: () =>
      readdirSync(path.join(folder, BUCKET), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(path.join(folder, BUCKET), path.join(entry.parentPath ?? entry.path, entry.name))),
  };
  return {
    PHOTURE_STORAGE_URL: `s3://${BUCKET}`,
    PHOTURE_S3_ENDPOINT: stack.bucket.origin,
    PHOTURE_S3_PATH_STYLE: "true",
    PHOTURE_S3_ACCESS_KEY_ID: KEYS[0],
    PHOTURE_S3_SECRET_ACCESS_KEY: KEYS[1],
  };
}
