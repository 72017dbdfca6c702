// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem, SessionEnded, Unreachable } from "./problem";

/** What the page asked of the server, and what the server of this test answers. */
interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  bytes: number;
}
type Answer = { status: number; headers?: Record<string, string>; body?: unknown } | "no network" | "silence";

let asked: Asked[];
let answers: ((asked: Asked) => Answer)[];
const tokens = { next: ["t1"], refused: [] as (string | undefined)[] };

vi.mock("./session", () => ({
  accessToken: (refused?: string) => {
    tokens.refused.push(refused);
    const token = refused === undefined ? tokens.next[0] : tokens.next[1];
    return token === undefined ? Promise.reject(new SessionEnded()) : Promise.resolve(token);
  },
}));

/** As much of an XMLHttpRequest as tus-js-client uses. */
class FakeRequest {
  readonly upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number }) => void } = {};
  onload: () => void = () => undefined;
  onerror: (error: unknown) => void = () => undefined;
  status = 0;
  responseText = "";
  #asked: Asked = { method: "", path: "", headers: {}, bytes: 0 };
  #answer: Record<string, string> = {};
  #aborted = false;

  open(method: string, url: string) {
    this.#asked = { ...this.#asked, method, path: new URL(url).pathname };
  }
  setRequestHeader(name: string, value: string) {
    this.#asked.headers[name.toLowerCase()] = value;
  }
  getResponseHeader(name: string) {
    return this.#answer[name.toLowerCase()] ?? null;
  }
  abort() {
    this.#aborted = true;
  }
  send(body: Blob | null) {
    this.#asked.bytes = body?.size ?? 0;
    asked.push(this.#asked);
    const answer = answers.shift()?.(this.#asked) ?? { status: 500 };
    queueMicrotask(() => {
      if (this.#aborted || answer === "silence") return;
      if (answer === "no network") {
        this.onerror(new ProgressEvent("error"));
        return;
      }
      if (body) this.upload.onprogress?.({ lengthComputable: true, loaded: body.size });
      this.status = answer.status;
      this.responseText = answer.body === undefined ? "" : JSON.stringify(answer.body);
      this.#answer = Object.fromEntries(Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
      this.onload();
    });
  }
}

const PIECE = 8 * 1024 * 1024;
const file = (size: number) => new File([new Uint8Array(size)], "übung.jpg", { type: "image/jpeg", lastModified: 0 });
const created = (): Answer => ({ status: 201, headers: { Location: "/api/v1/uploads/u-1" } });
const accepted = ({ headers, bytes }: Asked): Answer => ({ status: 204, headers: { "Upload-Offset": `${Number(headers["upload-offset"] ?? 0) + bytes}` } });
const stands = (offset: number, length: number) => (): Answer => ({ status: 200, headers: { "Upload-Offset": `${offset}`, "Upload-Length": `${length}` } });
const refuses = (status: number, code = "", headers = {}) => (): Answer => ({ status, headers, body: { status, code, title: code } });

async function send(size: number, upload: string | null = null, signal = new AbortController().signal) {
  const { sendFile } = await import("./transfer");
  const events = { onCreated: vi.fn(), onProgress: vi.fn(), onAccepted: vi.fn() };
  return { events, sent: sendFile({ file: file(size), sha256: "ab", upload }, signal, events) };
}
const methods = () => asked.map(({ method, headers }) => [method, headers["upload-offset"]].filter(Boolean).join(" "));

beforeEach(() => {
  asked = [];
  answers = [];
  tokens.next = ["t1", "t2"];
  tokens.refused = [];
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => { vi.useRealTimers(); });

test("a large file goes out in pieces, each with the token, and says how far it is", async () => {
  answers = [created, accepted, accepted, accepted];
  const { sent, events } = await send(2 * PIECE + 5);
  expect(await sent).toBe("u-1");
  expect(methods()).toEqual(["POST", "PATCH 0", `PATCH ${PIECE}`, `PATCH ${2 * PIECE}`]);
  expect(asked.map(({ bytes }) => bytes)).toEqual([0, PIECE, PIECE, 5]);
  expect(new Set(asked.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer t1"]));
  expect(events.onCreated.mock.calls).toEqual([["u-1"]]);
  expect(events.onAccepted.mock.calls).toEqual([[PIECE], [2 * PIECE], [2 * PIECE + 5]]);
  const metadata = Object.fromEntries((asked[0]?.headers["upload-metadata"] ?? "").split(",").map((pair) => pair.split(" ") as [string, string]));
  expect(Object.keys(metadata)).toEqual(["filename", "filetype", "sha256"]);
  expect(new TextDecoder().decode(Uint8Array.from(atob(metadata.filename ?? ""), (letter) => letter.charCodeAt(0)))).toBe("übung.jpg");
});

test("each piece says for which library it is", async () => {
  const { library, leaving } = await import("./library");
  const replace = vi.fn();
  vi.stubGlobal("location", { replace, origin: window.location.origin });
  try {
    library.set({ id: "family", name: "Family" });
    answers = [created, accepted, accepted];
    await (await send(2 * PIECE)).sent;
    expect(asked.map(({ headers }) => headers["photure-library"])).toEqual(["family", "family", "family"]);
    answers = [refuses(404, "library_not_found")];
    await expect((await send(PIECE)).sent).rejects.toMatchObject({ code: "library_not_found" });
    expect(replace).toHaveBeenCalledExactlyOnceWith("/");
  } finally {
    library.set(null);
    leaving.set(false);
    vi.unstubAllGlobals();
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
  }
});

test("a small file goes out with the request that announces it", async () => {
  answers = [() => ({ status: 201, headers: { Location: "/api/v1/uploads/u-1", "Upload-Offset": "500" } })];
  const { sent } = await send(500);
  expect(await sent).toBe("u-1");
  expect(asked).toMatchObject([{ method: "POST", bytes: 500 }]);
});

test("an upload that is under way goes on where the server stands", async () => {
  answers = [stands(PIECE, 2 * PIECE), accepted];
  const { sent, events } = await send(2 * PIECE, "u-1");
  expect(await sent).toBe("u-1");
  expect(methods()).toEqual(["HEAD", `PATCH ${PIECE}`]);
  expect(events.onCreated).not.toHaveBeenCalled();
});

test.each([[503, "unavailable"], [423, "upload_busy"], [404, "not_found"], [410, "upload_failed"]])("asking after an upload that answers %i never begins a new one", async (status, code) => {
  answers = [refuses(status, code, { "Retry-After": "3" })];
  const { sent } = await send(2 * PIECE, "u-1");
  await expect(sent).rejects.toMatchObject({ name: "Problem", status, retryAfter: 3000 });
  expect(methods()).toEqual(["HEAD"]);
});

test("a refusal comes with the server's problem", async () => {
  answers = [created, refuses(422, "corrupt_image")];
  const { sent } = await send(PIECE);
  await expect(sent).rejects.toMatchObject({ status: 422, code: "corrupt_image" });
});

test("a token that is refused is replaced once, and the upload goes on", async () => {
  answers = [created, refuses(401, "token_expired"), stands(0, PIECE), accepted];
  const { sent } = await send(PIECE);
  expect(await sent).toBe("u-1");
  expect(asked.map(({ method, headers }) => [method, headers.authorization])).toEqual([
    ["POST", "Bearer t1"], ["PATCH", "Bearer t1"], ["HEAD", "Bearer t2"], ["PATCH", "Bearer t2"],
  ]);
  answers = [created, refuses(401), refuses(401)];
  await expect((await send(PIECE)).sent).rejects.toMatchObject({ status: 401 });
});

test("an ended session is told as one", async () => {
  tokens.next = [];
  await expect((await send(PIECE)).sent).rejects.toBeInstanceOf(SessionEnded);
  expect(asked).toEqual([]);
});

test("a broken connection is one, and a file that is gone is not taken for it", async () => {
  answers = [created, () => "no network"];
  await expect((await send(PIECE)).sent).rejects.toBeInstanceOf(Unreachable);

  answers = [created, () => "no network"];
  const { sendFile } = await import("./transfer");
  const gone = file(PIECE);
  const whole = gone.slice.bind(gone);
  vi.spyOn(gone, "slice").mockImplementation((from, to) => to === 1
    ? { arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) } as unknown as Blob
    : whole(from, to));
  const events = { onCreated: vi.fn(), onProgress: vi.fn(), onAccepted: vi.fn() };
  await expect(sendFile({ file: gone, sha256: null, upload: null }, new AbortController().signal, events)).rejects.toMatchObject({ name: "NotReadableError" });
});

test("when the browser loses its network, or nothing moves any more, the connection is given up", async () => {
  answers = [created, () => "silence"];
  const lost = (await send(PIECE)).sent;
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  window.dispatchEvent(new Event("offline"));
  await expect(lost).rejects.toBeInstanceOf(Unreachable);

  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  answers = [created, () => "silence"];
  const stalled = (await send(PIECE)).sent;
  const ends = expect(stalled).rejects.toBeInstanceOf(Unreachable);
  await vi.advanceTimersByTimeAsync(60_000);
  await ends;
});

test("what is stopped sends nothing more", async () => {
  const stop = new AbortController();
  answers = [created, () => {
    stop.abort();
    return "silence";
  }];
  await expect((await send(2 * PIECE, null, stop.signal)).sent).rejects.toMatchObject({ name: "AbortError" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(methods()).toEqual(["POST", "PATCH 0"]);
});

test("the token goes to no other server", async () => {
  answers = [() => ({ status: 201, headers: { Location: "https://elsewhere.example/api/v1/uploads/u-1" } })];
  await expect((await send(PIECE)).sent).rejects.toBeInstanceOf(Problem);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toHaveLength(1);
});
