import { describe, expect, test } from "vitest";
import { cameraName, exposureLine, formatAltitude, formatExposure, formatPosition, formatTag, formatTagName, sizeLine, takenLines } from "./exif";

describe("a camera is named as people name it", () => {
  test.each([
    ["NIKON CORPORATION", "NIKON D3100", "Nikon D3100"],
    ["Canon", "Canon EOS 40D", "Canon EOS 40D"],
    ["Apple", "iPhone 13 Pro Max", "Apple iPhone 13 Pro Max"],
    ["EASTMAN KODAK COMPANY", "KODAK PIXPRO S-1", "Kodak PIXPRO S-1"],
    ["LEICA CAMERA AG", "LEICA T (Typ 701)", "Leica T (Typ 701)"],
    ["HMD Global", null, "HMD Global"],
    [null, "X100V", "X100V"],
    ["  ", "\0\0", null],
    [null, null, null],
  ])("%s, %s: %s", (make, model, name) => expect(cameraName({ make, model })).toBe(name));
});

test("exposures read as on the camera's dial", () => {
  expect([1 / 8000, 0.008, 0.25, 0.3, 0.5, 1, 2.5, 30].map(formatExposure))
    .toEqual(["1/8000 s", "1/125 s", "1/4 s", "0.3 s", "0.5 s", "1 s", "2.5 s", "30 s"]);
});

test("the exposure line leaves out what is not known, and is nothing where nothing is", () => {
  expect(exposureLine({ f_number: 2.8, exposure: 1 / 250, focal_length: 35, iso: 400 })).toBe("ƒ/2.8 · 1/250 s · 35 mm · ISO 400");
  expect(exposureLine({ f_number: 4, iso: null, exposure: 0, focal_length: 5.700000001 })).toBe("ƒ/4 · 5.7 mm");
  expect(exposureLine({})).toBeNull();
});

test("a place has its hemispheres, a height its sign", () => {
  expect(formatPosition({ lat: -33.85678, lon: 151.2153 })).toBe("33.85678° S, 151.21530° E");
  expect(formatPosition({ lat: 46.8182, lon: -8.2275 })).toBe("46.81820° N, 8.22750° W");
  expect([formatAltitude(1928.4), formatAltitude(-12)]).toEqual(["1928 m above sea level", "12 m below sea level"]);
});

test("sizes in pixels, megapixels and bytes", () => {
  expect(sizeLine({ width: 4608, height: 3072, bytes: 5_400_000 })).toBe("4608 × 3072 · 14.2 MP · 5.4 MB");
  expect(sizeLine({ width: 100, height: 50, bytes: 999 })).toBe("100 × 50 · 999 bytes");
});

test("a time is the wall clock's, with the zone only where the camera knew it", () => {
  expect(takenLines({ taken_at_local: "2024-07-28T21:04:05.250", utc_offset_minutes: 120 })).toEqual(["Sunday 28 July 2024", "21:04, UTC+02:00"]);
  expect(takenLines({ taken_at_local: "2024-07-28T21:04:05.250", utc_offset_minutes: null })).toEqual(["Sunday 28 July 2024", "21:04"]);
  expect(takenLines({ taken_at_local: "2024-07-28T21:04:05", utc_offset_minutes: -210 })[1]).toBe("21:04, UTC−03:30");
});

test("any value of a file becomes text of bounded length", () => {
  expect(formatTag([2, 1])).toBe("2, 1");
  expect(formatTag(0.1 + 0.2)).toBe("0.3");
  expect(formatTag({ a: [1], b: null })).toBe("a: 1, b: ");
  expect(formatTag(true)).toBe("true");
  expect(formatTag("x".repeat(5000)).length).toBeLessThan(410);
});

test("names of tags become words", () => {
  expect(["DateTimeOriginal", "FNumber", "ISO", "GPSLatitudeRef", "YCbCrSubSampling", "creator_tool"].map(formatTagName))
    .toEqual(["Date time original", "F number", "ISO", "GPS latitude ref", "Y cb cr sub sampling", "creator tool"]);
});
