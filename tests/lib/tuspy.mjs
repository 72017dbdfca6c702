// tuspy, the Python client of tus, in a folder of its own.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const VERSION = "1.1.0";
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** How to start a Python that has it. */
export async function tuspy() {
  const folder = path.join(root, `.cache/tuspy-${VERSION}`);
  if (!existsSync(path.join(folder, "tusclient"))) {
    await promisify(execFile)("python3", ["-m", "pip", "install", "--quiet", "--target", folder, `tuspy==${VERSION}`]);
  }
  return { command: "python3", env: { PYTHONPATH: folder } };
}
