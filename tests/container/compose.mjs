// docker-compose on one project of its own, with secrets and a port of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../lib/processes.mjs";
import { prepareBases } from "./bases.mjs";
import { root, startEngine } from "./engine.mjs";

export const services = ["nginx", "gateway", "auth", "gallery", "media", "mongo"];

export class Compose {
  static async start() {
    const compose = new Compose();
    const engine = await startEngine();
    prepareBases(engine);
    compose.secrets = mkdtempSync(path.join(tmpdir(), "photure-secrets-"));
    execFileSync(path.join(root, "scripts/secrets.sh"), [compose.secrets]);
    compose.port = await freePort();
    compose.url = `http://localhost:${compose.port}`;
    compose.env = {
      ...engine.env,
      COMPOSE_PROJECT_NAME: "photure-test",
      PHOTURE_PORT: String(compose.port),
      PHOTURE_SECRETS_DIR: compose.secrets,
      PHOTURE_RATE_LIMIT: "off",
      // Half the time to build; the same code.
      PHOTURE_BUILD_LTO: "off",
      PHOTURE_BUILD_OPT_LEVEL: "1",
    };
    compose.command = succeeds(() => compose.docker("compose", "version")) ? ["docker", "compose"] : ["docker-compose"];
    await compose.run("down", "--volumes", "--remove-orphans"); // what a run that was cut short left
    return compose;
  }

  docker(...args) {
    return execFileSync("docker", args, { env: this.env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** Runs one compose command to its end and answers what it said. */
  run(...args) {
    return new Promise((resolve, reject) => {
      const [program, ...first] = this.command;
      const child = spawn(program, [...first, ...args], { cwd: root, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      let text = "";
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
      child.once("error", reject);
      child.once("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`compose ${args.join(" ")}: ${code}\n${text.slice(-8000)}`))));
    });
  }

  async inspect(service) {
    const id = (await this.run("ps", "--quiet", service)).trim();
    return JSON.parse(this.docker("inspect", id))[0];
  }

  image(service) {
    return JSON.parse(this.docker("image", "inspect", service === "mongo" ? "mongo:7.0" : `photure-${service}`))[0];
  }

  async stop() {
    await this.run("down", "--volumes", "--remove-orphans").catch((error) => console.error(error.message));
    rmSync(this.secrets, { recursive: true, force: true });
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
