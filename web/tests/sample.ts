import type { Condition } from "../src/contract/condition.ts";
import type { Counts } from "../src/contract/counts.ts";
import type { Event as DeskEvent } from "../src/contract/event.ts";
import type { State } from "../src/contract/state.ts";

export const ROOT = "deskcue/v1/nanjing/3/3-17";
export const DESK = { site: "nanjing", floor: "3", desk: "3-17" };
export const FLOOR = { site: "nanjing", floor: "3" };
const HASH = "ab".repeat(32);

export const state = (more: Partial<State> = {}): State => ({
  state: "ready",
  faults: [],
  at: "2026-11-26T09:00:00.000Z",
  ...more,
});

export const condition = (more: Partial<Condition> = {}): Condition => ({
  at: "2026-11-26T09:00:00.000Z",
  version: "0.1.0",
  clock: "set",
  faults: [],
  waiting: false,
  rulebook: "10086",
  rulebook_version: 1,
  ear_age_s: 0.5,
  ...more,
});

export const counts = (hours: Counts["hours"]): Counts => ({
  at: "2026-11-26T09:30:00.000Z",
  smallest: 5,
  hours,
});

export const event = (more: Partial<DeskEvent> = {}): DeskEvent => ({
  specversion: "1.0",
  id: "6f1d6b0c-5a3e-4c0e-9a53-2d8f7f1f1e64",
  source: "/deskcue/nanjing/3/3-17",
  type: "deskcue.finding.phrase",
  subject: "F5",
  time: "2026-11-26T09:00:00.000Z",
  datacontenttype: "application/json",
  data: {
    ...DESK,
    call: null,
    rule: "F5",
    clause: "F5",
    kind: "phrase",
    cue: "red",
    score: -0.2,
    start: 1,
    end: 2,
    duration_s: 1,
    rulebook: { name: "10086", version: 1, sha256: HASH },
    model_sha256: null,
  },
  ...more,
});

export const bytes = (content: unknown): Uint8Array =>
  new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
