// Resumable uploads of the demo: tus 1.0 as far as the page uses it, in memory.
import { randomUUID } from "node:crypto";

export class Tus {
  #uploads = new Map();

  /** `keep` makes a photo of a whole file or throws a refusal; `delay` is how long it takes, in milliseconds. */
  constructor({ keep, delay }) {
    Object.assign(this, { keep, delay });
  }

  async answer(request, id) {
    const { method, headers } = request;
    if (method === "POST" && !id) return this.#create(request);
    const upload = this.#uploads.get(id);
    if (!upload) return this.#say(404);
    if (method === "DELETE") {
      this.#uploads.delete(id);
      return this.#say(204);
    }
    if (method === "HEAD") return upload.status === "receiving" ? this.#say(200, this.#where(upload)) : this.#say(423, { "Retry-After": "1" });
    if (method === "PATCH") {
      if (Number(headers["upload-offset"]) !== upload.offset) return this.#say(409);
      await this.#append(upload, request);
      return this.#say(204, this.#where(upload));
    }
    const { status, offset, length, photo_id, problem } = upload;
    return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id, status, offset, length, expires_at: null, photo_id, problem }) };
  }

  async #create(request) {
    const { headers } = request;
    const pairs = (headers["upload-metadata"] ?? "").split(",").map((pair) => pair.trim().split(" "));
    const metadata = Object.fromEntries(pairs.map(([key, value = ""]) => [key, Buffer.from(value, "base64").toString()]));
    const upload = { id: randomUUID(), length: Number(headers["upload-length"]), offset: 0, parts: [], metadata, status: "receiving", photo_id: null, problem: null };
    this.#uploads.set(upload.id, upload);
    await this.#append(upload, request);
    return this.#say(201, { Location: `/api/v1/uploads/${upload.id}`, ...this.#where(upload) });
  }

  /** What arrives is kept at once, so that a connection that breaks costs only what was on the line. */
  async #append(upload, request) {
    for await (const part of request) {
      upload.parts.push(part);
      upload.offset += part.length;
    }
    if (upload.offset < upload.length) return;
    upload.status = "processing";
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    try {
      const { photo, created } = this.keep(Buffer.concat(upload.parts), upload.metadata);
      Object.assign(upload, { status: created ? "ready" : "duplicate", photo_id: photo.id });
    } catch (error) {
      const { status = 500, code, message } = error;
      if (status === 503) {
        upload.status = "stored";
        setTimeout(() => this.#append(upload, []).catch(() => undefined), 1000);
      } else Object.assign(upload, { status: "failed", problem: { type: "about:blank", title: code, status, code, detail: message } });
      throw error;
    } finally {
      if (upload.status !== "stored") upload.parts = [];
    }
  }

  #where = ({ offset, length }) => ({ "Upload-Offset": `${offset}`, "Upload-Length": `${length}` });
  #say = (status, headers = {}) => ({ status, headers: { "Tus-Resumable": "1.0.0", ...headers }, body: "" });
}
