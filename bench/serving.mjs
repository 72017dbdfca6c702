// Thumbs and originals through nginx, beside nginx itself serving the same file.
import path from "node:path";
import { Client } from "../tests/lib/client.mjs";
import { photos } from "../tests/lib/pictures.mjs";
import { freePort, Program } from "../tests/lib/processes.mjs";
import { startFour } from "../tests/lib/stack.mjs";
import { median, processorSeconds, run, table } from "./lib.mjs";
import { mkdirSync, writeFileSync } from "node:fs";

const CONNECTIONS = 16;
const SECONDS = 4;
const ROUNDS = 5;

// Each request by an address of its own.
const ANEW = `local n = 0
request = function() n = n + 1; return wrk.format(nil, wrk.path .. "&n=" .. n .. os.time()) end`;

/** Requests a second by wrk. */
async function load(url, script) {
  const { stdout } = await run("wrk", ["-t", "1", "-c", String(CONNECTIONS), "-d", `${SECONDS}s`, ...(script ? ["-s", script] : []), url]);
  if (/Non-2xx/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}

/** An nginx that does nothing but hand out a folder. */
async function plainNginx(stack, folder) {
  const port = await freePort();
  const dir = path.join(stack.dir, "plain");
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, "nginx.conf");
  writeFileSync(file, `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes auto; user root;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
  client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  server { listen 127.0.0.1:${port}; root ${folder}; } }`);
  const nginx = new Program("plain nginx", "nginx", ["-c", file, "-p", dir], { ready: `http://127.0.0.1:${port}/thumb`, log: path.join(dir, "log") });
  await nginx.start();
  return { nginx, url: `http://127.0.0.1:${port}` };
}

export async function serving() {
  const stack = await startFour({ env: { PHOTURE_LOG: "info" } });
  try {
    const client = await Client.register(stack.url);
    const largest = photos(40).filter(({ name }) => name.endsWith(".jpg")).sort((one, other) => Math.abs(one.bytes.length - 4e6) - Math.abs(other.bytes.length - 4e6))[0];
    const photo = await (await client.upload(largest.bytes, largest.name)).json();
    const folder = path.join(stack.dir, "plain-files");
    mkdirSync(folder);
    writeFileSync(path.join(folder, "thumb"), await client.bytes(photo.urls.thumb));
    writeFileSync(path.join(folder, "original"), largest.bytes);
    const anew = path.join(stack.dir, "anew.lua");
    writeFileSync(anew, ANEW);
    const plain = await plainNginx(stack, folder);
    const rows = [];
    try {
      for (const [name, kind, script] of [["thumb, again", "thumb"], ["thumb, for the first time", "thumb", anew], ["original", "original"]]) {
        const rates = { photure: [], nginx: [] };
        let cpu = 0;
        let requests = 0;
        for (let round = 0; round < ROUNDS; round++) {
          rates.nginx.push(await load(`${plain.url}/${kind}`));
          const before = processorSeconds(stack.programs.media.pid);
          const rate = await load(stack.url + photo.urls[kind], script);
          cpu += processorSeconds(stack.programs.media.pid) - before;
          requests += rate * SECONDS;
          rates.photure.push(rate);
        }
        const [ours, theirs] = [median(rates.photure), median(rates.nginx)];
        console.error(name, { ours, theirs });
        rows.push([name, ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2), ((cpu / requests) * 1000).toFixed(3)]);
      }
    } finally {
      await plain.nginx.stop();
    }
    return `## Serving

By wrk with ${CONNECTIONS} connections for ${SECONDS} s, median of ${ROUNDS} interleaved rounds. Photure: nginx asks media, which checks the signature;
what it has asked for a thumb or preview is kept for a minute, so that the same address may be asked for again without media. nginx alone writes no log. An original of ${(largest.bytes.length / 1e6).toFixed(1)} MB. Immich 3.1.0, measured elsewhere: 949 thumbs and 136 originals of 4 MB a second, 1.6 ms of processor a request.

${table(["", "Photure, requests a second", "nginx alone, the same file", "ratio", "media's processor ms a request"], rows)}
`;
  } finally {
    await stack.stop();
  }
}
