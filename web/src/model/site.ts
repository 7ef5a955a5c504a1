/** What the page knows of a site, message by message. */
import type { Condition } from "../contract/condition.ts";
import type { Contest } from "../contract/contest.ts";
import type { Counts } from "../contract/counts.ts";
import type { Event as DeskEvent, Finding } from "../contract/event.ts";
import type { State } from "../contract/state.ts";
import type { Desk, Floor, Message } from "./parse.ts";

export type Word = State["state"] | "unknown";

/** One desk; a change makes a new one. */
export interface DeskView {
  readonly key: string;
  readonly where: Desk;
  readonly word: Word;
  /** Codes. */
  readonly faults: readonly string[];
  /** Since when, by the desk's clock. */
  readonly changed: string | null;
  readonly condition: Condition | null;
  /** When the desk last said how it does, in ms of this page's clock. */
  readonly spoke: number | null;
  /** Number of the connection in which it was last heard. */
  readonly session: number;
}

/** One line of the stream. */
export interface Entry {
  readonly id: string;
  readonly at: number;
  readonly desk: DeskView["where"];
  readonly what:
    | { readonly type: "word"; readonly word: Word; readonly faults: readonly string[] }
    | FindingEntry;
}

export interface FindingEntry {
  readonly type: "finding";
  readonly finding: Finding;
  /** Why the agent contests it; empty: does not. */
  readonly contested: string;
  readonly replayed: boolean;
}

/** Lines of the stream that are kept. */
export const LONGEST_STREAM = 500;

export class Site {
  readonly desks = new Map<string, DeskView>();
  readonly counts = new Map<string, Counts>();
  /** Grows with every change of them. */
  counted = 0;
  stream: readonly Entry[] = [];
  malformed = 0;
  /** What was wrong with the last one. */
  lastMalformed = "";
  heard = 0;
  /** When the last message came, and the last condition of any desk, ms. */
  lastHeard: number | null = null;
  lastCondition: number | null = null;
  #session = 0;
  #next = 0;
  /** Keys of the desks by floor, sorted; null: desks have come or gone. */
  #order: Map<string, string[]> | null = null;

  /** A connection begins: the broker says anew all that it keeps. */
  begin(): void {
    this.#session += 1;
  }

  /** Once the broker has said it: what it did not name is gone. */
  sweep(): void {
    for (const [key, desk] of this.desks) {
      if (desk.session !== this.#session) this.#drop(key);
    }
  }

  /** Desks of each floor, both sorted. */
  floors(): Map<string, DeskView[]> {
    this.#order ??= inOrder(this.desks.values());
    const found = new Map<string, DeskView[]>();
    for (const [floor, keys] of this.#order) {
      const desks = keys.map((key) => this.desks.get(key));
      found.set(
        floor,
        desks.filter((desk) => desk !== undefined),
      );
    }
    return found;
  }

  /** Lines of one floor; of all where it is empty. */
  streamOf(floor: string): readonly Entry[] {
    return floor ? this.stream.filter((one) => floorKey(one.desk) === floor) : this.stream;
  }

  /** Single events leave with the supervisor. */
  forgetEvents(): void {
    this.stream = this.stream.filter((one) => one.what.type !== "finding");
  }

  /**
   * Take a message in.
   * @param kept whether the broker had kept it, so that it may be old
   * @param now ms
   */
  take(message: Message, kept: boolean, now: number): void {
    this.heard += 1;
    this.lastHeard = now;
    switch (message.type) {
      case "malformed":
        this.malformed += 1;
        this.lastMalformed = message.why;
        return;
      case "state":
        this.#state(message.desk, message.content, kept, now);
        return;
      case "condition":
        this.#condition(message.desk, message.content, kept, now);
        return;
      case "counts":
        this.counted += 1;
        if (message.content) this.counts.set(floorKey(message.floor), message.content);
        else this.counts.delete(floorKey(message.floor));
        return;
      case "event":
        this.#event(message.desk, message.content, now);
        return;
      case "contest":
        this.#contest(message.content);
        return;
      case "check":
        return;
    }
  }

  #desk(where: Desk): DeskView {
    const key = deskKey(where);
    const found = this.desks.get(key);
    if (found) return found;
    const unknown = {
      word: "unknown",
      faults: [],
      changed: null,
      condition: null,
      spoke: null,
    } as const;
    return { key, where, session: this.#session, ...unknown };
  }

  #drop(key: string): void {
    this.desks.delete(key);
    this.#order = null;
  }

  #put(desk: DeskView): void {
    if (!this.desks.has(desk.key)) this.#order = null;
    this.desks.set(desk.key, { ...desk, session: this.#session });
  }

  #state(where: Desk, content: State | null, kept: boolean, now: number): void {
    const before = this.#desk(where);
    if (!content) {
      this.#drop(before.key);
      return;
    }
    const { state: word, faults } = content;
    const spoke = kept || word === "lost" ? before.spoke : now;
    this.#put({ ...before, word, faults, changed: content.at, spoke });
    const same = before.word === word && before.faults.join() === faults.join();
    if (!kept && !same) this.#add({ at: now, desk: where, what: { type: "word", word, faults } });
  }

  #condition(where: Desk, content: Condition | null, kept: boolean, now: number): void {
    const before = this.#desk(where);
    if (!content) {
      if (this.desks.has(before.key)) this.#put({ ...before, condition: null });
      return;
    }
    const told = content.at ? Date.parse(content.at) : Number.NaN;
    const spoke = !kept ? now : Number.isNaN(told) ? before.spoke : Math.min(now, told);
    this.lastCondition = Math.max(this.lastCondition ?? 0, spoke ?? 0) || null;
    this.#put({ ...before, condition: content, spoke });
  }

  #event(where: Desk, event: DeskEvent, now: number): void {
    if (!isFinding(event)) return;
    const what: FindingEntry = {
      type: "finding",
      finding: event.data,
      contested: event.contested ? (event.contestreason ?? "other") : "",
      replayed: event.replayed ?? false,
    };
    const at = event.clock ? now : Date.parse(event.time);
    const entry = { id: event.id, at, desk: where, what };
    if (this.stream.some((one) => one.id === event.id)) {
      this.stream = this.stream.map((one) => (one.id === event.id ? entry : one));
    } else this.#add(entry);
  }

  #contest(contest: Contest): void {
    this.stream = this.stream.map((one) =>
      one.id === contest.subject && one.what.type === "finding"
        ? { ...one, what: { ...one.what, contested: contest.contestreason } }
        : one,
    );
  }

  #add(entry: Omit<Entry, "id"> & { readonly id?: string }): void {
    this.#next += 1;
    this.stream = [{ id: `${this.#next}`, ...entry }, ...this.stream.slice(0, LONGEST_STREAM - 1)];
  }
}

export const floorKey = (where: Floor) => `${where.site}/${where.floor}`;
export const deskKey = (where: Desk) => `${where.site}/${where.floor}/${where.desk}`;

function isFinding(event: DeskEvent): event is DeskEvent & { data: Finding } {
  return event.data.kind !== "summary";
}

/** How long a desk may say nothing before it counts as silent: two of its reports, and a little. */
export const SILENT_MS = 150_000;

/** Whether the digest, without which no condition comes, has fallen silent. */
export function digestSilent(site: Site, now: number): boolean {
  return site.lastCondition === null || now - site.lastCondition > SILENT_MS;
}

/** Whether a desk should have spoken since. */
export function isSilent(desk: DeskView, now: number): boolean {
  return desk.word !== "lost" && desk.spoke !== null && now - desk.spoke > SILENT_MS;
}

const natural = new Intl.Collator("zh-CN", { numeric: true });

/** As a person sorts: 3-2 before 3-10, 五楼 before 六楼. */
export function byName(a: string, b: string): number {
  return natural.compare(inDigits(a), inDigits(b));
}

const UNITS = "零一二三四五六七八九";

function inDigits(name: string): string {
  return name.replace(/[零一二三四五六七八九十百]+/g, (number) => {
    let total = 0;
    let unit = 0;
    for (const one of number) {
      const tens = { 十: 10, 百: 100 }[one];
      if (tens) [total, unit] = [total + tens * (unit || 1), 0];
      else unit = UNITS.indexOf(one);
    }
    return `${total + unit}`;
  });
}

function inOrder(desks: Iterable<DeskView>): Map<string, string[]> {
  const found = new Map<string, DeskView[]>();
  for (const desk of desks) {
    const floor = floorKey(desk.where);
    const list = found.get(floor);
    if (list) list.push(desk);
    else found.set(floor, [desk]);
  }
  const sorted = [...found].sort(([a], [b]) => byName(a, b));
  return new Map(
    sorted.map(([floor, list]) => [
      floor,
      list.sort((a, b) => byName(a.where.desk, b.where.desk)).map((desk) => desk.key),
    ]),
  );
}
