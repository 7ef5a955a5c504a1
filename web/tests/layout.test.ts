import fc from "fast-check";
import { expect, test } from "vitest";
import { EMPTY, LARGEST, move, place, read, reset, write } from "../src/model/layout.ts";

const NAMES = ["3-1", "3-2", "3-10", "3-11"];
const name = fc.constantFrom(...NAMES, "gone", "__proto__");
const cell = fc.tuple(fc.nat(LARGEST + 5), fc.nat(LARGEST + 5));

test("without an arrangement desks stand in rows", () => {
  const placed = place(EMPTY, "3", ["3-10", "3-2", "3-1"], 2);
  expect([...placed]).toEqual([
    ["3-1", [0, 0]],
    ["3-2", [1, 0]],
    ["3-10", [0, 1]],
  ]);
});

test("a desk goes where it is put, and who was there takes its place", () => {
  const layout = move(EMPTY, "3", NAMES, "3-1", [1, 0]);
  const placed = place(layout, "3", NAMES);
  expect(placed.get("3-1")).toEqual([1, 0]);
  expect(placed.get("3-2")).toEqual([0, 0]);
  expect(place(reset(layout, "3"), "3", NAMES)).toEqual(place(EMPTY, "3", NAMES));
});

test("a new desk stands below the arranged ones", () => {
  const layout = move(EMPTY, "3", ["3-1"], "3-1", [4, 2]);
  expect(place(layout, "3", ["3-1", "3-2"]).get("3-2")).toEqual([0, 3]);
});

test("however desks are moved, no two share a cell, and a file brings all of it back", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, cell), { maxLength: 20 }), (moves) => {
      const layout = moves.reduce((made, [who, to]) => move(made, "3", NAMES, who, to), EMPTY);
      const placed = place(layout, "3", NAMES);
      expect(new Set([...placed.values()].map((one) => one.join())).size).toBe(NAMES.length);
      expect(place(read(write(layout)) ?? EMPTY, "3", NAMES)).toEqual(placed);
    }),
  );
});

test.each([
  "",
  "[]",
  "null",
  "{}",
  '{"version":2,"floors":{}}',
  '{"version":1,"floors":{"3":{"a":[1]}}}',
  '{"version":1,"floors":{"3":{"a":[-1,0]}}}',
  '{"version":1,"floors":{"3":{"a":[1e9,0]}}}',
])("no layout: %s", (text) => {
  expect(read(text)).toBeNull();
});

test("whatever a file holds, it is a layout or none", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const found = read(text);
      if (found) place(found, "3", NAMES);
    }),
  );
});
