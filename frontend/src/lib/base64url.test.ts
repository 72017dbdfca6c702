import { expect, test } from "vitest";
import { fromBase64url, toBase64url } from "./base64url";

test("bytes come back as they went, whatever their number", () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, nth) => (nth * 7 + length) % 256);
    const text = toBase64url(bytes.buffer);
    expect(text).toMatch(/^[\w-]*$/);
    expect(fromBase64url(text)).toEqual(bytes);
  }
});
