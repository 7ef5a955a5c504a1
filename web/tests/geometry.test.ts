import { expect, test } from "vitest";
import { EMPTY, place } from "../src/model/layout.ts";
import { Site } from "../src/model/site.ts";
import {
  arrange,
  cellAt,
  type Direction,
  fitting,
  neighbour,
  ROOMY,
} from "../src/view/geometry.ts";
import { DESK, state } from "./sample.ts";

function planOf(sizes: Record<string, number>) {
  const site = new Site();
  for (const [floor, count] of Object.entries(sizes)) {
    for (let n = 1; n <= count; n++) {
      const desk = { ...DESK, floor, desk: `${floor}-${n}` };
      site.take({ type: "state", desk, content: state() }, true, 0);
    }
  }
  const sections = [...site.floors()].map(([floor, desks]) => ({
    floor,
    desks,
    cells: place(
      EMPTY,
      floor,
      desks.map((one) => one.where.desk),
      3,
    ),
  }));
  return arrange(sections, ROOMY);
}

test.each<[Direction[], string]>([
  [["right", "right", "right"], "3-3"],
  [["down"], "3-4"],
  [["right", "down", "down"], "12-2"],
  [["down", "down", "up", "up", "up"], "3-1"],
  [["right", "left"], "3-1"],
])("arrows %j lead to %s", (ways, name) => {
  const plan = planOf({ 3: 5, 12: 2 });
  const first = plan.spots[0] ?? expect.fail("no desk");
  const last = ways.reduce((spot, way) => neighbour(plan, spot, way), first);
  expect(last.desk.where.desk).toBe(name);
});

test("a point finds the cell of the desk that is drawn there", () => {
  const plan = planOf({ 3: 5, 12: 2 });
  for (const spot of plan.spots) {
    expect(cellAt(plan, ROOMY, spot.x + 5, spot.y + 5)).toEqual({
      floor: spot.floor,
      cell: spot.cell,
    });
  }
  expect(cellAt(plan, ROOMY, 5, plan.height + 100)).toBeNull();
});

test("no desk stands beyond the edge of a narrow screen", () => {
  for (const width of [200, 390, 420, 1360]) {
    const columns = fitting(width, ROOMY);
    const cells = new Map([["3-1", [columns - 1, 0] as const]]);
    const site = new Site();
    site.take({ type: "state", desk: { ...DESK, desk: "3-1" }, content: state() }, true, 0);
    const desks = [...site.desks.values()];
    expect(arrange([{ floor: "3", desks, cells }], ROOMY).width).toBeLessThanOrEqual(width);
  }
});
