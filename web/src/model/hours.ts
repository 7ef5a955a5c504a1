/** Counts of the floors that are shown, by clause and hour. */
import type { Counted, Counts } from "../contract/counts.ts";

export interface ClauseCounts {
  readonly clause: string;
  /** The strongest cue of any of them. */
  readonly cue: "red" | "amber" | "none";
  /** Findings in each hour; null: hidden, or nothing is known. */
  readonly byHour: readonly (number | null)[];
  readonly total: number;
}

export interface HourTable {
  /** When each hour begins, ms. */
  readonly hours: readonly number[];
  /** Of each hour: whether few desks sent anything on one of the floors, so that these are not in it. */
  readonly hidden: readonly boolean[];
  readonly clauses: readonly ClauseCounts[];
  readonly calls: number;
  readonly contested: number;
  /** Desks that count together. */
  readonly smallest: number;
  /** When the oldest of the floors was counted, ms; null: none was. */
  readonly at: number | null;
}

const HOUR_MS = 3_600_000;

/** Add floors up; the last `most` hours until now. */
export function hourTable(floors: readonly Counts[], now: number, most = 12): HourTable {
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  const hours = Array.from({ length: most }, (_, back) => last - (most - 1 - back) * HOUR_MS);
  const place = new Map(hours.map((hour, at) => [hour, at]));
  const hidden = hours.map(() => false);
  const known = hours.map(() => false);
  const found = new Map<string, { byHour: number[]; cue: ClauseCounts["cue"] }>();
  let calls = 0;
  let contested = 0;
  for (const hour of floors.flatMap((floor) => floor.hours)) {
    const at = place.get(Date.parse(hour.hour));
    if (at === undefined) continue;
    if (!isCounted(hour)) {
      hidden[at] = true;
      continue;
    }
    known[at] = true;
    calls += hour.calls;
    contested += hour.contested;
    for (const [clause, cues] of Object.entries(hour.counts)) {
      const row = found.get(clause) ?? { byHour: hours.map(() => 0), cue: "none" };
      row.byHour[at] =
        (row.byHour[at] ?? 0) + (cues.none ?? 0) + (cues.amber ?? 0) + (cues.red ?? 0);
      row.cue = cues.red || row.cue === "red" ? "red" : cues.amber ? "amber" : row.cue;
      found.set(clause, row);
    }
  }
  const clauses = [...found].map(([clause, { byHour, cue }]) => ({
    clause,
    cue,
    byHour: byHour.map((count, at) => (known[at] ? count : null)),
    total: byHour.reduce((sum, count) => sum + count, 0),
  }));
  clauses.sort((a, b) => b.total - a.total || (a.clause < b.clause ? -1 : 1));
  const times = floors.map((floor) => Date.parse(floor.at));
  const smallest = Math.max(5, ...floors.map((floor) => floor.smallest));
  return {
    hours,
    hidden,
    clauses,
    calls,
    contested,
    smallest,
    at: times.length ? Math.min(...times) : null,
  };
}

function isCounted(hour: Counts["hours"][number]): hour is Counted {
  return !("hidden" in hour);
}
