// Pictures for tests: real ones from PHOTURE_SAMPLES where it is set, else made here.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";

export const samples = process.env.PHOTURE_SAMPLES;

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function header(width, height) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, 2, 0, 0, 0], 8);
  return chunk("IHDR", data);
}

/** A PNG of a soft gradient, different for every `seed`. */
export function png(width = 320, height = 240, seed = 0) {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y++) {
    at++;
    for (let x = 0; x < width; x++) {
      rows[at++] = (x * 255) / width;
      rows[at++] = (y * 255) / height;
      rows[at++] = (seed * 47) % 256;
    }
  }
  return Buffer.concat([pngSignature, header(width, height), chunk("IDAT", deflateSync(rows, { level: 1 })), chunk("IEND", Buffer.alloc(0))]);
}

/** A PNG of noise, which takes as many bytes as it has samples: three a pixel. */
export function noise(width, height) {
  const rows = randomBytes(height * (1 + width * 3));
  for (let y = 0; y < height; y++) rows[y * (1 + width * 3)] = 0;
  return Buffer.concat([pngSignature, header(width, height), chunk("IDAT", deflateSync(rows, { level: 0 })), chunk("IEND", Buffer.alloc(0))]);
}

/** A few hundred bytes that claim to be a picture of this size. */
export function pngThatDeclares(width, height) {
  return Buffer.concat([pngSignature, header(width, height), chunk("IDAT", deflateSync(Buffer.alloc(64))), chunk("IEND", Buffer.alloc(0))]);
}

export const isJpeg = (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8;

/** The same picture in other bytes: a comment that no decoder looks at. */
export function another(picture) {
  const note = randomBytes(16);
  if (isJpeg(picture)) return padded(picture, 20, note);
  const end = picture.length - 12;
  return Buffer.concat([picture.subarray(0, end), chunk("tEXt", Buffer.concat([Buffer.from("note\0"), Buffer.from(note.toString("hex"))])), picture.subarray(end)]);
}

/** A JPEG grown by about `bytes` through comment segments after its first marker. */
export function padded(jpeg, bytes, fill = Buffer.alloc(1)) {
  const segments = [];
  for (let left = bytes; left > 0; left -= 65_537) {
    const length = Math.max(2 + fill.length, Math.min(left - 2, 65_535));
    const segment = Buffer.alloc(length + 2, fill);
    segment.writeUInt16BE(0xfffe, 0);
    segment.writeUInt16BE(length, 2);
    segments.push(segment);
  }
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

/** Names and bytes of up to `count` photos that Photure takes. */
export function photos(count) {
  if (!samples) return Array.from({ length: count }, (_, n) => ({ name: `made-${n}.png`, bytes: png(640, 480 - n, n) }));
  const folder = path.join(samples, "camera");
  const taken = readdirSync(folder).filter((name) => /\.(jpg|png|webp)$/.test(name)).sort();
  return taken.slice(0, count).map((name) => ({ name, path: path.join(folder, name), bytes: readFileSync(path.join(folder, name)) }));
}

/** One small photo: a JPEG of a camera where there are samples. */
export function smallPhoto() {
  return samples ? readFileSync(path.join(samples, "camera/gps-DSCN0010.jpg")) : png(320, 240);
}
