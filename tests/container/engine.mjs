// A Docker engine for the tests: the one that runs here, else one started by hand with everything of it in .cache/docker, which
// the next run finds again with its images. `node tests/container/engine.mjs stop` ends the latter and all that runs on it.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const dir = path.join(root, ".cache/docker");
/** Short: the path of a socket may have 107 characters. */
const run = path.join(tmpdir(), "photure-docker");
const socket = path.join(run, "docker.sock");

/** Debian's docker and docker-compose come first: what else is on PATH may be too new for Debian's engine. */
const base = { ...process.env, PATH: `/usr/bin:/usr/sbin:/sbin:${process.env.PATH}`, DOCKER_BUILDKIT: "1", COMPOSE_DOCKER_CLI_BUILD: "1" };
const ours = { ...base, DOCKER_HOST: `unix://${socket}` };

function answers(env) {
  try {
    execFileSync("docker", ["version", "--format", "{{.Server.Version}}"], { env, stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** The environment in which `docker` talks to an engine, and whether that engine is one for tests alone. */
export async function startEngine() {
  if (answers(base)) return { env: base, own: false };
  if (answers(ours)) return { env: ours, own: true };
  if (process.getuid() !== 0) throw new Error("no Docker engine answers, and only root can start one");
  mkdirSync(dir, { recursive: true });
  mkdirSync(run, { recursive: true });
  const log = openSync(path.join(dir, "dockerd.log"), "w");
  const args = ["--data-root", path.join(dir, "data"), "--exec-root", path.join(run, "exec"), "--pidfile", path.join(run, "pid"), "--host", `unix://${socket}`];
  const child = spawn("dockerd", args, { env: base, detached: true, stdio: ["ignore", log, log] });
  let ended;
  child.once("error", (error) => (ended = error.message));
  child.once("exit", (code) => (ended = `it ended with ${code}`));
  child.unref();
  for (const deadline = Date.now() + 60_000; !answers(ours); await pause(200)) {
    if (ended || Date.now() > deadline) throw new Error(`dockerd does not start: ${ended ?? "no answer within 60 s"}; see ${dir}/dockerd.log`);
  }
  return { env: ours, own: true };
}

/** Processes whose command line names the folder of our engine: dockerd, containerd, and a shim per container. */
function leftovers() {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(path.join(run, "exec"));
    } catch {
      return false;
    }
  });
}

function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(Number(pid), name);
    } catch {
      // It ended by itself.
    }
  }
}

export async function stopEngine() {
  if (answers(ours)) {
    const docker = (...args) => execFileSync("docker", args, { env: ours, encoding: "utf8" }).split("\n").filter(Boolean);
    const containers = docker("ps", "--all", "--quiet");
    if (containers.length > 0) docker("rm", "--force", "--volumes", ...containers);
    docker("volume", "prune", "--force");
    docker("network", "prune", "--force");
  }
  const pid = existsSync(path.join(run, "pid")) ? readFileSync(path.join(run, "pid"), "utf8").trim() : "";
  if (pid && leftovers().includes(pid)) signal([pid], "SIGTERM");
  for (const deadline = Date.now() + 20_000; leftovers().length > 0 && Date.now() < deadline; ) await pause(100);
  signal(leftovers(), "SIGKILL");
  rmSync(run, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === "stop") await stopEngine();
