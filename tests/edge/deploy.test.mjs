// deploy/deploy.sh with a docker-compose and a server that do as the test says: up, or back to what ran before.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../deploy/deploy.sh");

describe("deploying", () => {
  let dir, server;
  before(() => {
    // What runs is as healthy as the tag that was brought up last.
    server = createServer((request, response) => {
      const running = readFileSync(path.join(dir, "running"), "utf8").trim();
      response.writeHead(running.startsWith("good") ? 200 : 503).end();
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => server.close());
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "photure-deploy-"));
    const fake = path.join(dir, "docker-compose");
    writeFileSync(fake, `#!/bin/sh\ncase "$*" in *pull*) ! grep -q TAG=absent .env ;; *" up "*) sed -n s/^TAG=//p .env > running ;; esac\n`);
    writeFileSync(path.join(dir, "docker"), "#!/bin/sh\nexit 1\n");
    for (const name of ["docker", "docker-compose"]) chmodSync(path.join(dir, name), 0o755);
    writeFileSync(path.join(dir, ".env"), "REGISTRY=r\nTAG=good-1\nPHOTURE_PUBLIC_URL=https://photos.example\n");
    writeFileSync(path.join(dir, "running"), "good-1\n");
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const deploy = (tag) =>
    new Promise((resolve) => {
      const env = {
        PATH: `${dir}:${process.env.PATH}`,
        PHOTURE_HEALTH_URL: `http://127.0.0.1:${server.address().port}/api/health`,
        PHOTURE_DEPLOY_SECONDS: "1",
      };
      execFile(script, [tag], { cwd: dir, env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, said: stdout + stderr }));
    });
  const tagInEnv = () => /^TAG=(.*)$/m.exec(readFileSync(path.join(dir, ".env"), "utf8"))[1];
  const running = () => readFileSync(path.join(dir, "running"), "utf8").trim();

  it("brings up a version that becomes healthy", async () => {
    const { code, said } = await deploy("good-2");
    assert.equal(code, 0, said);
    assert.equal(running(), "good-2");
    assert.equal(tagInEnv(), "good-2");
    assert.match(readFileSync(path.join(dir, ".env"), "utf8"), /^REGISTRY=r$/m);
  });

  it("goes back from one that does not", async () => {
    const { code, said } = await deploy("bad-2");
    assert.equal(code, 1, said);
    assert.match(said, /going back to good-1/);
    assert.equal(running(), "good-1");
    assert.equal(tagInEnv(), "good-1");
  });

  it("leaves alone what runs where the images are not there", async () => {
    const { code } = await deploy("absent");
    assert.equal(code, 1);
    assert.equal(running(), "good-1");
    assert.equal(tagInEnv(), "good-1");
  });
});
