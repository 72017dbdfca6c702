// Mail on a real server: a forgotten password, addresses that are confirmed, and what nobody learns from it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assertProblem, Client } from "../lib/client.mjs";
import { Mailbox } from "../lib/mailbox.mjs";
import { freePort, until } from "../lib/processes.mjs";
import { forms, startOneProcess } from "../lib/stack.mjs";

const NEW = "an entirely new password";
const tokenOf = (link) => new URL(link).hash.slice(1);
const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

const forgot = (url, username) => new Client(url).call("POST", "auth/password/forgot", { json: { username } });
const reset = (url, token, password) => new Client(url).call("POST", "auth/password/reset", { json: { token, password } });
const address = ({ user }) => user.email;

/** All that the programs of a stack have logged. */
const logs = ({ dir }) => readdirSync(dir).filter((name) => name.endsWith(".log")).map((name) => readFileSync(path.join(dir, name), "utf8")).join("\n");

for (const [form, start] of Object.entries(forms)) {
  describe(form, { concurrency: false }, () => {
    let stack, mailbox;
    /** All that must be in no log. */
    const secrets = [];
    before(async () => {
      mailbox = await Mailbox.open();
      stack = await start({ env: { ...mailbox.env, PHOTURE_LOG: "debug" } });
      await Client.register(stack.url);
    });
    after(async () => {
      await stack?.stop();
      mailbox?.close();
    });

    test("a forgotten password is replaced, and whoever was signed in is out", async () => {
      const ada = await Client.register(stack.url);
      const asked = await forgot(stack.url, address(ada).toUpperCase());
      assert.equal(asked.status, 202);
      const link = await mailbox.link(address(ada), "reset-password");
      secrets.push(tokenOf(link));
      assert.ok(link.startsWith(`${stack.url}/reset-password#`), link);
      await assertProblem(await reset(stack.url, tokenOf(link), "short"), 422, "invalid_fields");
      assert.equal((await reset(stack.url, tokenOf(link), NEW)).status, 204);
      await assertProblem(await reset(stack.url, tokenOf(link), NEW), 404, "link_invalid");
      await assertProblem(await ada.call("POST", "auth/login", { json: ada.credentials }), 401, "invalid_credentials");
      await assertProblem(await ada.call("POST", "auth/token/refresh", { json: { refresh: ada.refresh } }), 401, "refresh_token_invalid");
      await until("the access token is refused", async () => (await ada.call("GET", "photos")).status === 401, 30);
      ada.credentials.password = NEW;
      await ada.login();
      await mailbox.letter(address(ada), "has another password now");
      assert.equal((await ada.get("users/me")).email_confirmed, true);
    });

    test("an address is confirmed, and replaced by one that is", async () => {
      const ada = await Client.register(stack.url);
      const first = await mailbox.link(address(ada), "confirm-email");
      const confirmed = await ada.call("POST", "auth/email/confirm", { json: { token: tokenOf(first) }, token: "none that is good" });
      assert.equal(confirmed.status, 200, "whatever token a browser still has");
      assert.deepEqual(await confirmed.json(), { email: address(ada) });
      const wanted = `new-${address(ada)}`;
      const changed = await ada.call("PUT", "auth/email", { json: { email: wanted, password: ada.credentials.password } });
      assert.deepEqual(await changed.json(), { email: address(ada), confirmed: true, pending: wanted, mail: true });
      const second = await mailbox.link(wanted, "confirm-email");
      secrets.push(tokenOf(first), tokenOf(second));
      assert.equal((await ada.call("POST", "auth/email/confirm", { json: { token: tokenOf(second) } })).status, 200);
      await mailbox.letter(address(ada), "has another e-mail address now");
      assert.equal((await ada.get("users/me")).email, wanted);
    });

    test("who has an account is told neither in words nor in time", async (t) => {
      const people = await Promise.all(Array.from({ length: 6 }, () => Client.register(stack.url)));
      await Promise.all(people.map((person) => mailbox.link(address(person), "confirm-email")));
      const times = { known: [], unknown: [] };
      const bodies = new Set();
      for (let n = 0; n < 60; n++) {
        for (const [kind, name] of [["known", people[n % 6].credentials.username], ["unknown", `nobody-${n}`]]) {
          const begun = performance.now();
          const answer = await forgot(stack.url, name);
          bodies.add(`${answer.status} ${await answer.text()} ${[...answer.headers.keys()].filter((header) => header !== "x-request-id").sort()}`);
          times[kind].push(performance.now() - begun);
        }
      }
      assert.equal(bodies.size, 1, [...bodies].join("\n"));
      const [known, unknown] = [median(times.known), median(times.unknown)];
      t.diagnostic(`median ${known.toFixed(2)} ms where there is an account, ${unknown.toFixed(2)} ms where there is none`);
      assert.ok(Math.abs(known - unknown) < Math.max(1, unknown), `${known} ms and ${unknown} ms`);
      for (const person of people) await mailbox.link(address(person), "reset-password");
      const sent = mailbox.letters.filter(({ to, text }) => to[0].startsWith("u") && text.includes("/reset-password#") && people.some((person) => to.includes(address(person))));
      assert.ok(sent.length <= 6 * 5, `${sent.length} letters: nobody's mailbox is filled`);
      secrets.push(...sent.map(({ text }) => /#(\S+)/.exec(text)[1]));
    });

    test("a letter waits until the mail server is back", async () => {
      const ada = await Client.register(stack.url);
      await mailbox.link(address(ada), "confirm-email");
      const { port } = mailbox;
      mailbox.close();
      const begun = performance.now();
      assert.equal((await forgot(stack.url, ada.credentials.username)).status, 202);
      assert.ok(performance.now() - begun < 1000, "nobody waits for it");
      await until("the first try has failed", () => /letter not sent yet/.test(logs(stack)));
      mailbox = await Mailbox.open({ port });
      secrets.push(tokenOf(await mailbox.link(address(ada), "reset-password")));
    });

    test("no log has a token, a link, an address or a password", async () => {
      assert.ok(secrets.length > 5 && secrets.every((token) => token.length === 43), `${secrets}`);
      const said = logs(stack);
      for (const secret of [...secrets, NEW, "@example.org"]) assert.ok(!said.includes(secret), secret);
      assert.match(said, /letter sent/);
    });
  });
}

describe("a mail server that wants encryption and a password", { concurrency: false }, () => {
  let folder, certificate, key, mailbox;
  const login = "photure:hunter2-and-more";
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "photure-mail-"));
    [certificate, key] = [path.join(folder, "certificate.pem"), path.join(folder, "key.pem")];
    execFileSync("openssl", [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate,
    ], { stdio: "ignore" });
    mailbox = await Mailbox.open({ certificate, key, login });
  });
  after(() => {
    mailbox?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const started = (env) => startOneProcess({ env: { PHOTURE_LOG: "info", PHOTURE_SMTP_URL: `smtp://${login}@localhost:${mailbox.port}`, PHOTURE_MAIL_FROM: "photos@example.org", ...env } });

  test("gets both, where its certificate is trusted", async () => {
    const stack = await started({ SSL_CERT_FILE: certificate });
    try {
      const ada = await Client.register(stack.url);
      await mailbox.link(address(ada), "confirm-email");
      assert.ok(mailbox.letters.every(({ encrypted }) => encrypted));
      assert.ok(!logs(stack).includes("hunter2"));
    } finally {
      await stack.stop();
    }
  });

  test("gets nothing where it is not", async () => {
    const before = mailbox.letters.length;
    const stack = await started({});
    try {
      await Client.register(stack.url);
      await until("it is refused", () => /letter not sent yet/.test(logs(stack)));
      await pause(100);
      assert.equal(mailbox.letters.length, before);
      assert.ok(!logs(stack).includes("hunter2"));
    } finally {
      await stack.stop();
    }
  });

  test("gets nothing where anybody could listen", async () => {
    const plain = await Mailbox.open({ port: await freePort() });
    const stack = await started({ PHOTURE_SMTP_URL: `smtp://localhost:${plain.port}` });
    try {
      await Client.register(stack.url);
      await until("it is given up", () => /letter not sent/.test(logs(stack)));
      assert.deepEqual(plain.letters, []);
    } finally {
      await stack.stop();
      plain.close();
    }
  });
});
