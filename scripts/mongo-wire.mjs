// As much of MongoDB's wire protocol as it takes to start a replica set: one command, one answer, no driver.
import { connect } from "node:net";

const OP_MSG = 2013;

/** Runs one command on the server at `port` of this machine. Rejects where it cannot be reached or does not answer. */
export function command(port, document, { host = "127.0.0.1", timeout = 5000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeout, () => socket.destroy(new Error(`mongod on port ${port} does not answer`)));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`mongod on port ${port} closed the connection`)));
    socket.once("connect", () => socket.write(message(document)));
    let received = Buffer.alloc(0);
    socket.on("data", (part) => {
      received = Buffer.concat([received, part]);
      if (received.length < 4 || received.length < received.readInt32LE(0)) return;
      // Header 16 bytes, flags 4, section kind 1, then the document.
      resolve(decode(received, 21).value);
      socket.destroy();
    });
  });
}

function message(document) {
  const body = encode(document);
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}

function encode(document) {
  const elements = Object.entries(document).map(([name, value]) => element(name, value));
  const body = Buffer.concat([...elements, Buffer.of(0)]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(body.length + 4);
  return Buffer.concat([size, body]);
}

function element(name, value) {
  const named = (kind, data) => Buffer.concat([Buffer.of(kind), Buffer.from(`${name}\0`), data]);
  if (typeof value === "string") {
    const text = Buffer.from(`${value}\0`);
    const size = Buffer.alloc(4);
    size.writeInt32LE(text.length);
    return named(0x02, Buffer.concat([size, text]));
  }
  if (typeof value === "boolean") return named(0x08, Buffer.of(value ? 1 : 0));
  if (Number.isInteger(value)) {
    const number = Buffer.alloc(4);
    number.writeInt32LE(value);
    return named(0x10, number);
  }
  if (Array.isArray(value)) return named(0x04, encode({ ...value }));
  return named(0x03, encode(value));
}

/** Sizes of the values that are of no interest here. */
const fixed = { 0x07: 12, 0x09: 8, 0x0a: 0, 0x11: 8, 0x12: 8, 0x13: 16 };

function decode(bytes, start) {
  const end = start + bytes.readInt32LE(start);
  const value = {};
  let at = start + 4;
  while (bytes[at] !== 0) {
    const kind = bytes[at];
    const stop = bytes.indexOf(0, at + 1);
    const name = bytes.toString("utf8", at + 1, stop);
    at = stop + 1;
    if (kind === 0x01) value[name] = bytes.readDoubleLE(at);
    else if (kind === 0x02) value[name] = bytes.toString("utf8", at + 4, at + 3 + bytes.readInt32LE(at));
    else if (kind === 0x03) value[name] = decode(bytes, at).value;
    else if (kind === 0x04) value[name] = Object.values(decode(bytes, at).value);
    else if (kind === 0x08) value[name] = bytes[at] === 1;
    else if (kind === 0x10) value[name] = bytes.readInt32LE(at);
    else if (kind === 0x12) value[name] = Number(bytes.readBigInt64LE(at));
    at += size(kind, bytes, at);
  }
  return { value, end };
}

function size(kind, bytes, at) {
  if (kind === 0x01) return 8;
  if (kind === 0x02) return 4 + bytes.readInt32LE(at);
  if (kind === 0x03 || kind === 0x04) return bytes.readInt32LE(at);
  if (kind === 0x05) return 5 + bytes.readInt32LE(at);
  if (kind === 0x08) return 1;
  if (kind === 0x10) return 4;
  if (kind in fixed) return fixed[kind];
  throw new Error(`BSON type ${kind} in an answer of mongod`);
}
