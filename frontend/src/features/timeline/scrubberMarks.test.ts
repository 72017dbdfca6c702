import { expect, test } from "vitest";
import { layoutOf, sample } from "./fixtures";
import { monthAt, monthsOf, scrubberMarks } from "./scrubberMarks";

const many = layoutOf(sample(...Array.from({ length: 240 }, (_, nth): [string, number] => [`${2024 - Math.floor(nth / 12)}-${String(12 - (nth % 12)).padStart(2, "0")}`, 1 + ((nth * 37) % 90)])), () => false);

test.each([200, 480, 800])("on a track of %i pixels no two years overlap, and no tick strikes a year", (height) => {
  const marks = scrubberMarks(many, height);
  const years = marks.filter(({ year }) => year !== null).map(({ y }) => y);
  expect(years.length).toBeGreaterThan(3);
  years.slice(1).forEach((y, index) => expect(y - (years[index] ?? 0)).toBeGreaterThanOrEqual(22));
  for (const tick of marks.filter(({ year }) => year === null)) for (const y of years) expect(Math.abs(tick.y - y)).toBeGreaterThanOrEqual(11);
});

test("a place on the track is named by the month that is there", () => {
  const months = monthsOf(many);
  expect(monthAt(many, 0)).toMatchObject({ year: 2024, month: 11 });
  expect(monthAt(many, 1)).toMatchObject({ year: 2005, month: 0 });
  const some = months[100];
  expect(monthAt(many, some?.part ?? 0)).toMatchObject({ year: some?.year, month: some?.month });
});

test("of months side by side the first gives its name", () => {
  const sparse = layoutOf(sample(["2024-07", 1], ["2024-05", 1], ["2023-12", 300]));
  expect(monthAt(sparse, 0)).toMatchObject({ year: 2024, month: 6 });
  expect(monthAt(sparse, 0.9)).toMatchObject({ year: 2023, month: 11 });
});
