// Every secret that a test uses, as it goes by, and the search for them in what was logged. Whoever imports this has its requests by `fetch`
// watched; `watch` does the same for a browser.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Fields of requests and answers that nobody else is to read. */
const fields = new Set([
  "password", "current", "new", "access", "refresh", "token", "key", "secret", "uri", "challenge", "recovery_code", "recovery_codes", "invitation", "link",
  "client_data", "authenticator_data", "signature", "nonce",
]);
/** Shorter ones are found in any log. */
const SHORTEST = 12;
const LARGEST = 1 << 20;

const known = new Map();
/** Answers that are being read. */
const reading = new Set();

export function keep(text, what) {
  if (typeof text === "string" && text.length >= SHORTEST) known.set(text, what);
}

function walk(value, what, isSecret = false) {
  if (typeof value === "string") {
    if (isSecret) keep(value, what);
    for (const [, signature] of value.matchAll(/[?&]sig=([\w-]+)/g)) keep(signature, "a signature of an address");
  } else if (Array.isArray(value)) {
    for (const one of value) walk(one, what, isSecret);
  } else if (value !== null && typeof value === "object") {
    for (const [name, one] of Object.entries(value)) walk(one, fields.has(name) ? name : what, fields.has(name));
  }
}

function walkText(text) {
  if (!text || text.length > LARGEST || !/^\s*[[{]/.test(text)) return;
  try {
    walk(JSON.parse(text), "");
  } catch {
    // Not every test sends JSON that is whole.
  }
}

function walkLater(text) {
  const read = text.then(walkText, () => {}).finally(() => reading.delete(read));
  reading.add(read);
}

function walkHeaders(headers) {
  keep(headers.get("authorization")?.replace(/^\w+\s+/, ""), "a token that was sent");
  keep(headers.get("x-api-key"), "an API key");
  for (const cookie of [...headers.getSetCookie(), ...(headers.get("cookie") ?? "").split("; ")]) keep(/^[^=]+=([^;]*)/.exec(cookie)?.[1], "a cookie");
}

const untold = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  walkHeaders(new Headers(init?.headers ?? (input instanceof Request ? input.headers : {})));
  if (typeof init?.body === "string") walkText(init.body);
  const response = await untold(input, init);
  walkHeaders(response.headers);
  const isSmallJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "") && Number(response.headers.get("content-length") ?? 0) <= LARGEST;
  if (isSmallJson) walkLater(response.clone().text());
  return response;
};

/** Chromium tells several cookies in one line each. */
const each = ({ name, value }) => value.split("\n").map((one) => [name, one]);

/** What a page sends and is answered. */
export function watch(context) {
  context.on("request", (request) => {
    walkHeaders(new Headers(request.headers()));
    if (/json/.test(request.headers()["content-type"] ?? "")) walkText(request.postData());
  });
  context.on("response", (response) => {
    response.headersArray().then((headers) => walkHeaders(new Headers(headers.flatMap(each))), () => {});
    if (/[/+]json\b/.test(response.headers()["content-type"] ?? "")) walkLater(response.text());
  });
}

/** What a service is configured with. */
export function keepAll(env) {
  for (const [name, value] of Object.entries(env)) {
    if (/_(KEY|CREDENTIAL|PASSWORD|SECRET|KEY_ID)$/.test(name)) keep(value, name);
  }
}

/** What the one-process form has made for itself. */
export function keepFiles(folder) {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) keep(readFileSync(path.join(folder, name), "utf8").trim(), name);
}

/** Where in `dir` a log says a secret, in words for whoever has to mend it. Says nothing of the secret itself. */
export async function leaked(dir) {
  await Promise.all(reading);
  const found = [];
  for (const name of readdirSync(dir, { recursive: true }).filter((name) => name.endsWith(".log"))) {
    const log = readFileSync(path.join(dir, name), "utf8");
    const words = new Set(log.match(/[\w-]+/g));
    for (const [secret, what] of known) {
      // The longest word of a secret is enough to look where it may be at all.
      const word = secret.match(/[\w-]+/g)?.reduce((longest, one) => (one.length > longest.length ? one : longest), "") ?? "";
      if (word.length >= SHORTEST && !words.has(word)) continue;
      const line = log.includes(secret) && log.split("\n").find((line) => line.includes(secret));
      if (line) found.push(`${path.basename(name)} says ${what}: ${line.replaceAll(secret, "…").slice(0, 300)}`);
    }
  }
  return found;
}
