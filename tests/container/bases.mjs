// The images that the Dockerfile and compose build upon. Where a registry can be reached they come from there. Where none can,
// stand-ins are made under the same names: Debian from its mirror, with this machine's Rust and Node, Debian's nginx, and the
// mongod that the other tests use. They are kept with the engine, so that this is done once.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fetch as fetchMongod } from "../../scripts/mongod.mjs";
import { root } from "./engine.mjs";

const debian = "debian:bookworm-slim";
const mirror = "http://deb.debian.org/debian";

/** In this order: what is built upon comes first. */
const others = {
  "rust:1.95-slim-bookworm": { recipe: "rust", context: () => execFileSync("rustc", ["--print", "sysroot"], { cwd: root, encoding: "utf8" }).trim() },
  "node:20-bookworm-slim": { recipe: "node", context: node },
  "nginx:1.28-bookworm": { recipe: "nginx", context: (folder) => folder },
  "mongo:7.0": { recipe: "mongo", context: (folder) => (copyFileSync(fetchMongod(), path.join(folder, "mongod")), folder) },
};

function node(folder) {
  copyFileSync(process.execPath, path.join(folder, "node"));
  const npm = execFileSync("npm", ["root", "--global"], { encoding: "utf8" }).trim();
  cpSync(realpathSync(path.join(npm, "npm")), path.join(folder, "npm"), { recursive: true });
  return folder;
}

/** Sees to it that all are there. `own` says whether the engine is for tests alone: no other gets stand-ins. */
export function prepareBases({ env, own }) {
  const docker = (args, options = {}) => execFileSync("docker", args, { env, stdio: ["ignore", "ignore", "pipe"], ...options });
  const present = (image) => succeeds(() => docker(["image", "inspect", image]));
  const missing = [debian, ...Object.keys(others)].filter((image) => !present(image));
  if (missing.length === 0) return;
  const reachable = succeeds(() => docker(["pull", "--quiet", debian], { timeout: 120_000 }));
  if (reachable) {
    for (const image of missing) docker(["pull", "--quiet", image]);
    return;
  }
  if (!own) throw new Error(`no registry can be reached, and this engine has no ${missing.join(", ")}`);
  if (!present(debian)) importDebian(env);
  for (const [image, { recipe, context }] of Object.entries(others)) {
    if (present(image)) continue;
    const folder = mkdtempSync(path.join(tmpdir(), "photure-base-"));
    try {
      const file = path.join(root, "tests/container/bases", `${recipe}.Dockerfile`);
      docker(["build", "--quiet", "--tag", image, "--file", file, context(folder)]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Debian as its own installer makes it, with the certificate authorities that this machine trusts. */
function importDebian(env) {
  const folder = mkdtempSync(path.join(tmpdir(), "photure-debian-"));
  try {
    execFileSync("debootstrap", ["--variant=minbase", "bookworm", folder, mirror], { env, stdio: ["ignore", "ignore", "pipe"] });
    const bundle = "/etc/ssl/certs/ca-certificates.crt";
    const added = "/usr/local/share/ca-certificates";
    mkdirSync(path.join(folder, path.dirname(bundle)), { recursive: true });
    mkdirSync(path.join(folder, added), { recursive: true });
    if (existsSync(bundle)) copyFileSync(bundle, path.join(folder, bundle));
    if (existsSync(added)) {
      for (const name of readdirSync(added).filter((name) => name.endsWith(".crt"))) copyFileSync(path.join(added, name), path.join(folder, added, name));
    }
    execFileSync("sh", ["-c", 'tar -C "$1" -c . | docker import --change \'CMD ["bash"]\' - "$2"', "sh", folder, debian], { env, stdio: ["ignore", "ignore", "pipe"] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function succeeds(what) {
  try {
    what();
    return true;
  } catch {
    return false;
  }
}
