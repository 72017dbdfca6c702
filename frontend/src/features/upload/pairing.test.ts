import { expect, test } from "vitest";
import { paired } from "./pairing";

const file = (name: string, folder = "") => {
  const made = new File(["x"], name);
  if (folder) Object.defineProperty(made, "webkitRelativePath", { value: `${folder}/${name}` });
  return { file: made };
};
const told = (...chosen: { file: File }[]) => paired(chosen).map(({ file: { name }, film }) => (film ? `${name}+${film.name}` : name));

test("a film goes with the picture of its name, in whatever order they come", () => {
  expect(told(file("IMG_1.MOV"), file("IMG_1.HEIC"), file("IMG_2.jpg"), file("img_3.jpeg"), file("img_3.mp4"))).toEqual([
    "IMG_1.HEIC+IMG_1.MOV", "IMG_2.jpg", "img_3.jpeg+img_3.mp4",
  ]);
});

test("what is no pair stays as it is", () => {
  expect(told(file("IMG_1.MOV"), file("IMG_2.HEIC"), file("IMG_1.png"), file("IMG_1.txt"))).toEqual(["IMG_1.MOV", "IMG_2.HEIC", "IMG_1.png", "IMG_1.txt"]);
});

test("the same name in another folder is another moment", () => {
  expect(told(file("IMG_1.HEIC", "a"), file("IMG_1.MOV", "b"), file("IMG_1.MOV", "a"))).toEqual(["IMG_1.HEIC+IMG_1.MOV", "IMG_1.MOV"]);
});

test("one film is the film of one picture", () => {
  expect(told(file("IMG_1.HEIC"), file("IMG_1.JPG"), file("IMG_1.MOV"))).toEqual(["IMG_1.HEIC+IMG_1.MOV", "IMG_1.JPG"]);
});
