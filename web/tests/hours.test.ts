import { expect, test } from "vitest";
import type { Counts } from "../src/contract/counts.ts";
import { hourTable } from "../src/model/hours.ts";
import { counts } from "./sample.ts";

const NOW = Date.parse("2026-11-26T09:30:00.000Z");
const counted = (hour: string, found: object, desks = 6): Counts["hours"][number] =>
  ({
    hour: `2026-11-26T${hour}:00:00.000Z`,
    desks,
    calls: 10,
    contested: 1,
    counts: found,
  }) as never;
const hidden = (hour: string): Counts["hours"][number] =>
  ({ hour: `2026-11-26T${hour}:00:00.000Z`, hidden: true }) as never;

test("floors add up by clause and hour, the most frequent first", () => {
  const table = hourTable(
    [
      counts([
        counted("08", { F1: { red: 2 }, D1: { amber: 1 } }),
        counted("09", { F1: { red: 1 } }),
      ]),
      counts([counted("09", { D1: { amber: 4, none: 1 } })]),
    ],
    NOW,
    3,
  );
  expect(table.clauses).toEqual([
    { clause: "D1", cue: "amber", byHour: [null, 1, 5], total: 6 },
    { clause: "F1", cue: "red", byHour: [null, 2, 1], total: 3 },
  ]);
  expect([table.calls, table.contested, table.smallest]).toEqual([30, 3, 5]);
});

test("an hour of few desks is hatched and counts nowhere", () => {
  const table = hourTable([counts([hidden("08"), counted("09", { F1: { red: 1 } })])], NOW, 2);
  expect(table.hidden).toEqual([true, false]);
  expect(table.clauses[0]?.byHour).toEqual([null, 1]);
});

test("what is older than the table is left out, and no floor is no count", () => {
  expect(hourTable([counts([counted("03", { F1: { red: 1 } })])], NOW, 2).clauses).toEqual([]);
  expect(hourTable([], NOW).at).toBeNull();
});
