// Asks one address again and again on a thread of its own, whose clock no other work of the test holds up.
import { once } from "node:events";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const EVERY_MS = 20;

/** Ends with `stop()`, which gives how often it asked, the longest wait for an answer in milliseconds, and what else it met. */
export function heartbeat(url) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: url });
  return {
    async stop() {
      const report = once(worker, "message");
      worker.postMessage("stop");
      return (await report)[0];
    },
  };
}

function ask(url) {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      response.resume().once("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`))));
    }).once("error", reject).end();
  });
}

if (!isMainThread && typeof workerData === "string") {
  let stopped = false;
  parentPort.once("message", () => (stopped = true));
  const waits = [];
  const troubles = [];
  while (!stopped) {
    const since = performance.now();
    await ask(workerData).catch((error) => troubles.push(error.message));
    waits.push(performance.now() - since);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  waits.sort((one, other) => one - other);
  parentPort.postMessage({ times: waits.length, median: waits[waits.length >> 1], longest: waits.at(-1), troubles });
}
