// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { makeArchive } from "../api/archives";
import { downloadAddress } from "../api/photos";
import { download } from "./download";

vi.mock("../api/archives", () => ({ makeArchive: vi.fn() }));
vi.mock("../api/photos", () => ({ downloadAddress: vi.fn() }));

const saved: string[] = [];

beforeEach(() => {
  saved.length = 0;
  vi.mocked(downloadAddress).mockImplementation((id) => Promise.resolve(`/media/${id}`));
  vi.mocked(makeArchive).mockReset().mockImplementation((ids) =>
    Promise.resolve({ id: "a", url: `/api/v1/archives/${ids.length}`, photos: ids.length, bytes: 1, filename: "photos.zip", missing: [] }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.getAttribute("href") ?? "");
  });
});

describe("downloading", () => {
  test("one photo is saved as it is", async () => {
    expect(await download(["one"])).toBe(0);
    expect(saved).toEqual(["/media/one"]);
    expect(makeArchive).not.toHaveBeenCalled();
  });

  test("several are saved as one archive, in their order", async () => {
    await download(["b", "a"]);
    expect(makeArchive).toHaveBeenCalledExactlyOnceWith(["b", "a"]);
    expect(saved).toEqual(["/api/v1/archives/2"]);
    expect(document.querySelector("a")).toBeNull();
  });

  test("what is gone meanwhile is counted", async () => {
    vi.mocked(makeArchive).mockResolvedValue({ id: "a", url: "/x", photos: 1, bytes: 1, filename: "photos.zip", missing: ["b"] });
    expect(await download(["a", "b"])).toBe(1);
  });

  test("more than one archive takes are saved as several", async () => {
    await download(Array.from({ length: 10_001 }, (_, n) => `${n}`));
    expect(saved).toEqual(["/api/v1/archives/10000", "/api/v1/archives/1"]);
  });
});
