// Every route, with what its document allows and with what it forbids: nothing breaks, and nothing is answered that the document does
// not say.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { forms } from "../lib/stack.mjs";

const VERSION = "4.32.5";
const EXAMPLES = process.env.PHOTURE_SCHEMATHESIS_EXAMPLES ?? "15";
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(here, `../../.cache/schemathesis-${VERSION}`);
const run = promisify(execFile);

async function schemathesis(url) {
  if (!existsSync(path.join(folder, "schemathesis"))) {
    await run("python3", ["-m", "pip", "install", "--quiet", "--target", folder, `schemathesis==${VERSION}`]);
  }
  const configuration = path.join(here, "schemathesis/schemathesis.toml");
  const args = [
    "-m", "schemathesis.cli", "--config-file", configuration, "run", `${url}/api/openapi.json`, "--url", url,
    "--checks", "all", "--phases", "examples,coverage,fuzzing", "--request-timeout", "30", "--max-examples", EXAMPLES, "--seed", "20261121", "--continue-on-failure", "--no-color",
  ];
  const env = { ...process.env, PYTHONPATH: folder, PHOTURE_URL: url, SCHEMATHESIS_HOOKS: path.join(here, "schemathesis/hooks.py") };
  const options = { env, cwd: folder, maxBuffer: 100 << 20 };
  return run("python3", args, options).then(({ stdout }) => ({ code: 0, stdout }), (error) => ({ code: error.code, stdout: `${error.stdout}\n${error.stderr}\n${error.message}` }));
}

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack;
    before(async () => (stack = await start()));
    after(() => stack?.stop());

    test("answers every request as its document says", { timeout: 600_000 }, async (t) => {
      const { code, stdout } = await schemathesis(stack.url);
      t.diagnostic(/^ *(\d+ generated.*)$/m.exec(stdout)?.[1] ?? "nothing was generated");
      assert.equal(code, 0, stdout.slice(Math.max(stdout.indexOf("= FAILURES"), 0)));
      const [, tested, all] = /Selected: (\d+)\/\d+\n +Tested: (\d+)/.exec(stdout);
      assert.equal(tested, all, stdout);
    });
  });
}
