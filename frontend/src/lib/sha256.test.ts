import { expect, test, vi } from "vitest";
import { sha256Of, WHOLE_UP_TO } from "./sha256";

const bytes = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);
/** As the platform has it. */
const expected = async (data: Uint8Array<ArrayBuffer>) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", data)), (byte) => byte.toString(16).padStart(2, "0")).join("");

test("it is SHA-256", async () => {
  expect(await sha256Of(new Blob(["abc"]))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test.each([0, 1, 55, 56, 64, 1_000_003])("%i bytes hash alike, by the browser and without it", async (size) => {
  const data = bytes(size);
  expect(await sha256Of(new Blob([data]))).toBe(await expected(data));
  expect(await sha256Of(new Blob([data]), { subtle: null })).toBe(await expected(data));
});

test("a large file is never in memory whole, and says how far it is", async () => {
  const data = bytes(WHOLE_UP_TO + 5);
  const blob = new Blob([data]);
  const whole = vi.spyOn(blob, "arrayBuffer");
  const heard: number[] = [];
  expect(await sha256Of(blob, { onProgress: (hashed) => heard.push(hashed) })).toBe(await expected(data));
  expect(whole).not.toHaveBeenCalled();
  expect(heard).toHaveLength(9);
  expect(heard.at(-1)).toBe(data.length);
});

test("what is no longer wanted is hashed no further", async () => {
  const stop = new AbortController();
  const heard: number[] = [];
  const hashing = sha256Of(new Blob([bytes(WHOLE_UP_TO + 5)]), {
    signal: stop.signal,
    onProgress: (hashed) => {
      heard.push(hashed);
      stop.abort();
    },
  });
  await expect(hashing).rejects.toMatchObject({ name: "AbortError" });
  expect(heard).toHaveLength(1);
});
