// The images built from the Dockerfile and run with docker-compose.yml on a Docker engine.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, sha256 } from "../lib/client.mjs";
import { photos } from "../lib/pictures.mjs";
import { until } from "../lib/processes.mjs";
import { Compose, services } from "./compose.mjs";
import { root } from "./engine.mjs";

const ours = services.filter((service) => service !== "mongo");

describe("the compose file", () => {
  let compose, client, kept;
  before(async () => (compose = await Compose.start()));
  after(() => compose?.stop());

  async function untilHealthy() {
    await until(
      "all containers healthy",
      async () => {
        for (const service of services) assert.equal((await compose.inspect(service)).State.Health.Status, "healthy", service);
        return true;
      },
      180,
    );
  }

  test("builds all images, none of which runs as root", async () => {
    await compose.run("build");
    for (const service of ours) {
      const { Config } = compose.image(service);
      assert.match(Config.User, /^[1-9]\d*:10001$/, service);
      assert.ok(Config.Healthcheck, service);
    }
  });

  test("keeps what it builds small", () => {
    const debian = JSON.parse(compose.docker("image", "inspect", "debian:bookworm-slim"))[0].Size;
    for (const service of ["gateway", "auth", "gallery", "media"]) {
      const added = Math.round((compose.image(service).Size - debian) / 1e6);
      assert.ok(added < 60, `${service} adds ${added} MB to Debian`);
    }
  });

  test("brings everything up healthy, MongoDB's replica set included", async () => {
    await compose.run("up", "--detach");
    await untilHealthy();
    const health = await (await fetch(`${compose.url}/api/health`)).json();
    assert.equal(health.status, "ok", JSON.stringify(health));
  });

  test("publishes nginx and nothing else", async () => {
    for (const service of services) {
      const { NetworkSettings } = await compose.inspect(service);
      const published = Object.entries(NetworkSettings.Ports).filter(([, bindings]) => bindings?.length > 0).map(([port]) => port);
      assert.deepEqual(published, service === "nginx" ? ["8080/tcp"] : [], service);
    }
    for (const where of ["/health/live", "/health/ready", "/metrics"]) assert.equal((await fetch(compose.url + where)).status, 404, where);
  });

  test("confines each container: no root, no capability, nothing to write to but its volume, a limit on memory", async () => {
    for (const service of services) {
      const { Id, HostConfig, Config } = await compose.inspect(service);
      assert.equal(HostConfig.ReadonlyRootfs, true, service);
      assert.deepEqual(HostConfig.CapDrop, ["ALL"], service);
      assert.ok(HostConfig.SecurityOpt.some((option) => option.startsWith("no-new-privileges")), service);
      assert.ok(HostConfig.Memory > 0 && HostConfig.Memory <= 512 << 20, service);
      const users = compose.docker("top", Id, "-eo", "pid,uid,comm").split("\n").slice(1).map((line) => line.trim().split(/\s+/));
      assert.ok(users.length > 0 && users.every(([, uid]) => uid !== "0"), `${service}: ${users}`);
      assert.throws(() => compose.docker("exec", Id, "touch", "/usr/written"), /Read-only/, service);
      assert.ok(!Config.Env.some((line) => /(KEY|CREDENTIAL|PASSWORD|DATABASE_URL)=/.test(line)), `${service} has a secret in its environment`);
    }
  });

  test("lets a photo live its life through the published port", async () => {
    const [photo] = photos(1);
    client = await Client.register(compose.url);
    const created = await client.upload(photo.bytes, photo.name);
    assert.equal(created.status, 201, await created.clone().text());
    kept = await created.json();
    assert.equal(kept.sha256, sha256(photo.bytes));
    assert.equal((await client.get("timeline")).total, 1);
    const thumb = await fetch(compose.url + kept.urls.thumb);
    assert.equal(thumb.status, 200);
    assert.equal(thumb.headers.get("content-type"), "image/webp");
    assert.match(thumb.headers.get("cache-control"), /immutable/);
    const original = await fetch(compose.url + kept.urls.original);
    assert.equal(sha256(Buffer.from(await original.arrayBuffer())), kept.sha256);
    assert.match(original.headers.get("etag"), /^"[0-9a-f]+-[0-9a-f]+"$/, "it was nginx that sent it, from the volume");
    assert.equal((await client.call("DELETE", `photos/${kept.id}`)).status, 204);
    assert.equal((await client.get("timeline")).total, 0);
    assert.equal((await client.call("POST", `photos/${kept.id}/restore`)).status, 200);
    assert.equal((await client.get("timeline")).total, 1);
  });

  test("a request can be followed by its id through every log", async () => {
    const id = "follow-me-through-0001";
    assert.equal((await client.call("GET", "photos", { headers: { "x-request-id": id } })).status, 200);
    await until("the id in the logs", async () => {
      for (const service of ["nginx", "gateway", "gallery"]) {
        const lines = (await compose.run("logs", "--no-color", service)).split("\n").filter((line) => line.includes(id));
        assert.ok(lines.length > 0, `${service} does not mention it`);
        JSON.parse(lines[0].slice(lines[0].indexOf("{")));
      }
      return true;
    });
  });

  test("all of it survives a restart", async () => {
    await compose.run("restart");
    await untilHealthy();
    await survives();
  });

  test("all of it survives new containers", async () => {
    await compose.run("down");
    await compose.run("up", "--detach");
    await untilHealthy();
    await survives();
  });

  async function survives() {
    await client.login();
    const [photo] = await client.photos();
    assert.equal(photo.id, kept.id);
    assert.equal(sha256(await client.bytes(photo.urls.original)), kept.sha256);
    assert.ok((await client.bytes(photo.urls.preview)).length > 100);
  }

  test("a service that dies is away for a moment only", async () => {
    const { State } = await compose.inspect("gallery");
    process.kill(State.Pid, "SIGKILL");
    await until("gallery started again", async () => {
      const now = (await compose.inspect("gallery")).State;
      return now.Running && now.Pid !== State.Pid;
    });
    await until("it answers", async () => (await client.call("GET", "photos")).status === 200, 60);
  });

  test("the browser's journey leads through it", async () => {
    const file = path.join(root, "tests/browser/journey.test.mjs");
    const env = { ...process.env, PHOTURE_TEST_URL: compose.url };
    delete env.NODE_TEST_CONTEXT;
    const child = spawn(process.execPath, ["--test", file], { env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.equal(code, 0, text.slice(-8000));
    assert.match(text, /pass [1-9]/, text.slice(-2000));
  });
});
