// Both halves of a Live Photo, made as an iPhone makes them, as far as anybody reads them.
import { randomBytes, randomUUID } from "node:crypto";

/** One grey pixel, whose tables know two codes: a brightness of nine bits, and the end of a block. */
const pixel = Buffer.from(
  "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAAB" +
    "AAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==",
  "base64",
);

/** Of 320×240: blocks that are lighter than the one before, and as much darker, in turn. */
const jpeg = (() => {
  const [frame, scan] = [pixel.indexOf(Buffer.from([0xff, 0xc0])), pixel.indexOf(Buffer.from([0xff, 0xda])) + 10];
  const head = Buffer.from(pixel.subarray(0, scan));
  head.writeUInt16BE(240, frame + 5);
  head.writeUInt16BE(320, frame + 7);
  const blocks = Array.from({ length: 40 * 30 }, (_, n) => `0${(n % 2 ? 300 ^ 511 : 300).toString(2).padStart(9, "0")}0`).join("");
  const coded = blocks.match(/.{1,8}/g).flatMap((bits) => {
    const byte = parseInt(bits.padEnd(8, "1"), 2);
    return byte === 0xff ? [byte, 0] : [byte];
  });
  return Buffer.concat([head, Buffer.from(coded), Buffer.from([0xff, 0xd9])]);
})();

export const identifier = () => randomUUID().toUpperCase();

const big = (number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
};
const text = (latin) => Buffer.from(latin, "latin1");
const boxed = (kind, ...content) => {
  const all = Buffer.concat(content);
  return Buffer.concat([big(all.length + 8), kind, all]);
};

/** A QuickTime film of that identifier, around `length` bytes that are no pictures. */
export function film(said, length = 3_000_000) {
  const names = ["com.apple.quicktime.make", "com.apple.quicktime.content.identifier"];
  const keys = boxed(text("keys"), big(0), big(2), ...names.map((name) => boxed(text("mdta"), text(name))));
  const value = (number, word) => boxed(big(number), boxed(text("data"), big(1), big(0), text(word)));
  const handler = boxed(text("hdlr"), Buffer.alloc(8), text("mdta"), Buffer.alloc(13));
  const meta = boxed(text("meta"), handler, keys, boxed(text("ilst"), value(1, "Apple"), value(2, said)));
  return Buffer.concat([
    boxed(text("ftyp"), text("qt  "), big(0), text("qt  ")),
    boxed(text("wide")),
    boxed(text("mdat"), randomBytes(length)),
    boxed(text("moov"), boxed(text("mvhd"), Buffer.alloc(100)), meta),
  ]);
}

/** A JPEG that no other call makes, with an iPhone's note of that identifier. */
export function picture(said) {
  const word = Buffer.concat([text(said), Buffer.alloc(1)]);
  const note = Buffer.concat([text("Apple iOS\0\0\x01MM\0\x01\0\x11\0\x02"), big(word.length), text("\0\0\0\x20\0\0\0\0"), word]);
  const tiff = Buffer.concat([
    text("MM\0\x2a\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0"),
    text("\0\x01\x92\x7c\0\x07"), big(note.length), text("\0\0\0\x2c\0\0\0\0"), note,
  ]);
  const segment = (marker, content) => Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), content]);
  const exif = segment(0xe1, Buffer.concat([text("Exif\0\0"), tiff]));
  return Buffer.concat([jpeg.subarray(0, 2), exif, segment(0xfe, randomBytes(16)), jpeg.subarray(2)]);
}
