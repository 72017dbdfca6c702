// Processes that a test starts, waits for and ends. What is still alive when the test process goes is killed with it.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const alive = new Set();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** A port that nobody listens on right now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks `probe` again and again until it answers something true. */
export async function until(what, probe, seconds = 30) {
  const deadline = performance.now() + seconds * 1000;
  let last;
  while (performance.now() < deadline) {
    try {
      const answer = await probe();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await pause(25);
  }
  throw new Error(`${what}: not within ${seconds} s${last ? ` (${last.message})` : ""}`);
}

/** One program that can be killed and started again as it was. */
export class Program {
  /** `ready` is an address that answers 200 when the program is up. */
  constructor(name, command, args, { env, ready, log, cwd }) {
    Object.assign(this, { name, command, args, env, readyUrl: ready, log, cwd });
  }

  async start() {
    this.spawn();
    await this.ready();
    return this;
  }

  spawn() {
    const child = spawn(this.command, this.args, {
      cwd: this.cwd,
      env: { PATH: process.env.PATH, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(this.log, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    alive.add(child);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => resolve({ error }));
      child.once("exit", (code, signal) => resolve({ code, signal }));
    }).then((end) => {
      alive.delete(child);
      this.end = end;
      return end;
    });
    this.end = undefined;
  }

  get pid() {
    return this.child.pid;
  }

  async ready(seconds = 60) {
    if (!this.readyUrl) return;
    await until(
      `${this.name} ready (log: ${this.log})`,
      async () => {
        if (this.end) throw new Error(`${this.name} ended: ${JSON.stringify(this.end)}`);
        return (await fetch(this.readyUrl, { signal: AbortSignal.timeout(2000) })).ok;
      },
      seconds,
    );
  }

  /** As a power cut would. */
  async kill() {
    this.child.kill("SIGKILL");
    return this.exited;
  }

  /** As an operator would. */
  async stop(signal = "SIGTERM") {
    if (!this.end) this.child.kill(signal);
    return this.exited;
  }
}
