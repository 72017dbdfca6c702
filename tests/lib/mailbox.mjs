// A real mail server (aiosmtpd) and what it was given.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "./processes.mjs";
import { keep } from "./secrets.mjs";

const VERSION = "1.4.6";
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(here, `../../.cache/aiosmtpd-${VERSION}`);

export class Mailbox {
  /** Letters, as they came. */
  letters = [];

  /** With a certificate it wants STARTTLS; with a login, `name:password`, it wants that. */
  static async open({ port, certificate, key, login } = {}) {
    if (!existsSync(path.join(folder, "aiosmtpd"))) {
      await promisify(execFile)("python3", ["-m", "pip", "install", "--quiet", "--target", folder, `aiosmtpd==${VERSION}`]);
    }
    const mailbox = new Mailbox();
    const args = Object.entries({ port, certificate, key, login }).flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : []));
    const child = spawn("python3", [path.join(here, "mail_server.py"), ...args], {
      env: { PATH: process.env.PATH, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    process.once("exit", () => child.kill("SIGKILL"));
    mailbox.child = child;
    mailbox.port = await new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the mail server ended with ${code}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const said = JSON.parse(line);
        if (said.port) resolve(said.port);
        else mailbox.letters.push(said);
      });
    });
    return mailbox;
  }

  /** What Photure is told to send with it. */
  get env() {
    return { PHOTURE_SMTP_URL: `smtp://127.0.0.1:${this.port}?tls=none`, PHOTURE_MAIL_FROM: "Photure <photos@example.org>" };
  }

  /** The newest letter to `address` whose link leads to `page`: the link. */
  async link(address, page) {
    const find = () => this.letters.findLast(({ to, text }) => to.includes(address) && text.includes(`/${page}#`));
    const { text } = await until(`a letter to ${address} about ${page}`, find);
    const [link] = new RegExp(`https?://\\S+/${page}#\\S+`).exec(text);
    keep(new URL(link).hash.slice(1), "what a link has behind its #");
    return link;
  }

  /** A letter to `address` that says `words`. */
  letter(address, words) {
    return until(`a letter to ${address} that says ${words}`, () => this.letters.find(({ to, text }) => to.includes(address) && text.includes(words)));
  }

  close() {
    this.child.removeAllListeners("exit");
    this.child.kill("SIGKILL");
  }
}
