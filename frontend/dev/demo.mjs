// `npm run demo [photos]`: the page with a made-up library, for looking at it without a server. A tool for developers;
// it keeps nothing, checks nothing, and is no part of what is shipped.
//
// Signs in anyone. Upload files with these words in their names to see refusals: empty, broken, cut, huge, full, busy.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { Library, photoOf, toColumns, toPhoto } from "./library.mjs";
import { svg } from "./scenes.mjs";
import { Tus } from "./tus.mjs";

const count = Number(process.argv[2] ?? 3000);
const port = Number(process.env.PORT ?? 8000);
const delay = Number(process.env.DEMO_DELAY_MS ?? 80);
const dist = new URL("../dist/", import.meta.url).pathname;
const library = new Library(count);
const policy = "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; connect-src 'self'";
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json" };
/** As a real server does it: each refresh token counts once, and one that comes back ends its session. */
const sessions = new Map();
let open = process.env.DEMO_SIGNED_IN === "1";
let busy = 2;
const tus = new Tus({ keep, delay: Number(process.env.DEMO_DEVELOP_MS ?? 0) });

class Refusal extends Error {
  constructor(status, code, detail = code, extra = {}) {
    super(detail);
    Object.assign(this, { status, code, extra });
  }
}

const find = (id) => {
  const photo = library.photos.get(id);
  if (!photo) throw new Refusal(404, "photo_not_found", "There is no such photo.");
  return photo;
};
function tokens(session = `s${sessions.size + 1}`) {
  const nth = (sessions.get(session) ?? 0) + 1;
  sessions.set(session, nth);
  const claims = Buffer.from(JSON.stringify({ sub: "demo", session })).toString("base64url");
  return [200, { access: `x.${claims}.x`, refresh: "r", expires_in: 900 }, { "Set-Cookie": `demo=${session}-${nth}; HttpOnly; SameSite=Strict; Path=/api` }];
}
const cookieOf = (headers) => /demo=(s\d+)-(\d+)/.exec(headers.cookie ?? "");
function isSignedIn({ authorization = "" }) {
  const [, claims = ""] = authorization.split(".");
  return claims !== "" && sessions.get(JSON.parse(Buffer.from(claims, "base64url")).session) > 0;
}

const routes = [
  ["POST", /^auth\/register$/, ({ json }) => {
    const errors = [];
    if (!json.email?.includes("@")) errors.push({ path: "email", code: "invalid", message: "This is no e-mail address." });
    if ((json.password ?? "").length < 8) errors.push({ path: "password", code: "too_short", message: "Use at least 8 characters." });
    if (errors.length > 0) throw new Refusal(422, "validation_failed", "Some fields need attention.", { errors });
    if (json.username === "taken") throw new Refusal(409, "username_taken");
    return [201, { id: "demo", username: json.username, email: json.email, role: "admin" }];
  }],
  ["POST", /^auth\/login$/, ({ json }) => {
    if (json.password === "wrong") throw new Refusal(401, "invalid_credentials");
    return tokens();
  }],
  ["POST", /^auth\/token\/refresh$/, ({ headers }) => {
    const [, session, nth] = cookieOf(headers) ?? [];
    if (!session && open) return tokens();
    if (!sessions.get(session)) throw new Refusal(401, "refresh_token_invalid");
    if (Number(nth) !== sessions.get(session)) {
      sessions.set(session, 0);
      throw new Refusal(401, "refresh_token_reused");
    }
    return tokens(session);
  }],
  // Without a cookie it ends every session, which is a way to see what an ended session looks like.
  ["POST", /^auth\/logout$/, ({ headers }) => {
    const [, own] = cookieOf(headers) ?? [];
    open = false;
    for (const session of own ? [own] : sessions.keys()) sessions.set(session, 0);
    return [204];
  }],
  ["GET", /^auth\/options$/, () => [200, { registration: "open", password_by_mail: true }]],
  ["GET", /^auth\/email$/, () => [200, { email: "ada@example.org", confirmed: true, pending: null, mail: true }]],
  ["POST", /^auth\/password\/forgot$/, () => [202]],
  ["GET", /^users\/me$/, () => [200, {
    id: "demo", username: "Ada", email: "ada@example.org", email_confirmed: true, role: "admin",
    usage: { photos: library.shown(false).length, bytes: [...library.photos.values()].reduce((sum, { bytes }) => sum + bytes, 0), quota_bytes: null },
  }]],
  ["GET", /^timeline$/, ({ query }) => {
    const segments = library.segments(query.get("favorite") === "true");
    return [200, {
      total: segments.reduce((sum, { photos }) => sum + photos.length, 0), version: library.version,
      segments: segments.map(({ id, version, photos }) => ({ id, version, count: photos.length, start: photos.at(-1).taken_at, end: photos[0].taken_at })),
    }];
  }],
  ["GET", /^timeline\/segments\/(.+)$/, ({ match }) => {
    const segment = library.segment(match[1]);
    if (!segment) throw new Refusal(404, "segment_not_found");
    return [200, toColumns(segment)];
  }],
  ["POST", /^photos\/check$/, ({ json }) => [200, {
    items: json.items.map(({ ref, sha256 }) => {
      const known = [...library.photos.values()].find((photo) => photo.sha256 === sha256);
      return known ? { ref, result: "duplicate", photo_id: known.id, trashed: Boolean(known.trashed_at) } : { ref, result: "accept" };
    }),
  }]],
  ["GET", /^photos$/, ({ query }) => [200, { items: library.shown(false).slice(0, Number(query.get("limit") ?? 100)).map(toPhoto), next_cursor: null }]],
  ["GET", /^photos\/([^/]+)$/, ({ match }) => [200, toPhoto(find(match[1]))]],
  ["PATCH", /^photos\/([^/]+)$/, ({ match, json, headers }) => {
    const photo = find(match[1]);
    const held = headers["if-match"];
    if (held && held !== `"${photo.revision}"`) throw new Refusal(412, "changed_meanwhile", "The photo was changed meanwhile.");
    library.change(photo, json);
    return [200, toPhoto(photo)];
  }],
  ["DELETE", /^photos\/([^/]+)$/, ({ match, query }) => {
    const photo = find(match[1]);
    if (query.get("permanent") === "true") library.drop(photo);
    else library.change(photo, { trashed_at: new Date().toISOString() });
    return [204];
  }],
  ["POST", /^photos\/([^/]+)\/restore$/, ({ match }) => {
    library.change(find(match[1]), { trashed_at: null });
    return [200, toPhoto(find(match[1]))];
  }],
  ["GET", /^photos\/([^/]+)\/metadata$/, ({ match }) => {
    const photo = find(match[1]);
    return [200, {
      File: { FileType: "JPEG", ImageWidth: photo.width, ImageHeight: photo.height, EncodingProcess: "Baseline DCT, Huffman coding" },
      EXIF: { Make: photo.camera.make, Model: photo.camera.model, DateTimeOriginal: photo.taken_at, FNumber: 2.8, ExposureTime: 0.004, ISO: photo.camera.iso, YCbCrSubSampling: [2, 1] },
      XMP: { CreatorTool: "Photure demo", Rating: 4 },
    }];
  }],
  ["GET", /^photos\/([^/]+)\/original$/, ({ match }) => [200, { url: `/media/${match[1]}/original.svg?exp=1&sig=demo&dl=${find(match[1]).filename}.svg` }]],
  ["GET", /^trash$/, ({ query }) => {
    const from = Number(query.get("cursor") ?? 0);
    const all = library.trash();
    const limit = Number(query.get("limit") ?? 100);
    return [200, { items: all.slice(from, from + limit).map(toPhoto), next_cursor: from + limit < all.length ? String(from + limit) : null }];
  }],
  ["POST", /^trash\/empty$/, () => {
    for (const photo of library.trash()) library.drop(photo);
    return [204];
  }],
];

/** What a whole file becomes. Believes the name; a real server believes only the bytes. */
function keep(bytes, { filename = "photo.jpg", taken_at = new Date().toISOString() }) {
  const refusals = {
    empty: [400, "empty_file"], broken: [422, "corrupt_image"], cut: [422, "truncated_image"], huge: [422, "too_many_pixels"], full: [507, "storage_full"],
  };
  for (const [word, [status, code]] of Object.entries(refusals)) if (filename.includes(word)) throw new Refusal(status, code);
  if (filename.includes("busy") && busy-- > 0) throw new Refusal(503, "unavailable", "Busy.", { retryAfter: 2 });
  if (!/\.(jpe?g|png|webp|gif|heic|dng)$/i.test(filename)) throw new Refusal(415, "unsupported_media_type");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const known = [...library.photos.values()].find((photo) => photo.sha256 === sha256);
  if (known) return { photo: known, created: false };
  const seed = bytes.length % 9973;
  const photo = photoOf({ seed, ratio: 1.5, width: 1500, height: 1000, bytes: bytes.length, filename, media_type: "image/jpeg", taken_at, sha256 });
  library.put(photo);
  library.version += 1;
  return { photo, created: true };
}

async function answer(request) {
  const url = new URL(request.url, "http://demo");
  const path = decodeURIComponent(url.pathname);
  if (path.startsWith("/media/")) return bytes(path, url);
  if (!path.startsWith("/api/v1/")) return page(path);
  const route = path.slice("/api/v1/".length);
  if (/^uploads(\/|$)/.test(route)) {
    if (!isSignedIn(request.headers)) throw new Refusal(401, "unauthenticated");
    return tus.answer(request, route.split("/")[1]);
  }
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  if (process.env.DEMO_FAIL && new RegExp(process.env.DEMO_FAIL).test(route)) throw new Refusal(503, "unavailable", "The database does not answer.");
  for (const [method, pattern, handle] of routes) {
    const match = request.method === method && pattern.exec(route);
    if (!match) continue;
    if (!route.startsWith("auth/") && !isSignedIn(request.headers)) throw new Refusal(401, "unauthenticated");
    const isJson = /json/.test(request.headers["content-type"] ?? "");
    const [status, result, more] = handle({ match, query: url.searchParams, headers: request.headers, body, json: isJson && body.length > 0 ? JSON.parse(body) : {} });
    return { status, headers: { "Content-Type": "application/json", ...more }, body: result === undefined ? "" : JSON.stringify(result) };
  }
  throw new Refusal(404, "not_found");
}

function bytes(path, url) {
  const [, , id, variant] = path.split("/");
  const photo = find(id);
  const headers = { "Cache-Control": "private, max-age=3600, immutable" };
  const name = url.searchParams.get("dl");
  if (name) headers["Content-Disposition"] = `attachment; filename="${name}"`;
  if (photo.content) return { status: 200, headers: { ...headers, "Content-Type": "image/jpeg" }, body: photo.content };
  const long = variant.startsWith("thumb") ? 512 : variant.startsWith("preview") ? 1440 : 4608;
  const [width, height] = photo.ratio >= 1 ? [long, Math.round(long / photo.ratio)] : [Math.round(long * photo.ratio), long];
  return { status: 200, headers: { ...headers, "Content-Type": "image/svg+xml" }, body: svg(photo.seed, width, height) };
}

async function page(path) {
  const file = normalize(path).replace(/^(\.\.[/\\])+/, "");
  const body = (extname(file) && (await readFile(join(dist, file)).catch(() => null))) || (await readFile(join(dist, "index.html")));
  const type = types[extname(file)] ?? "text/html";
  return { status: 200, headers: { "Content-Type": type, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" }, body };
}

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => {
      const { status = 500, code = "internal", message, extra = {} } = error;
      if (status === 500 && code !== "ECONNRESET") console.error(error);
      const { retryAfter, ...rest } = extra;
      const headers = { "Content-Type": "application/problem+json", ...(retryAfter ? { "Retry-After": String(retryAfter) } : {}) };
      return { status, headers, body: JSON.stringify({ type: "about:blank", title: code, status, code, detail: message, ...rest }) };
    })
    .then(({ status, headers, body }) => setTimeout(() => { response.writeHead(status, headers); response.end(body); }, request.url.startsWith("/api") ? delay : delay / 2));
});
server.listen(port, "127.0.0.1", () => console.log(`The page with ${count} made-up photos: http://localhost:${server.address().port} (run npm run build first)`));
