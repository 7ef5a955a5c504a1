/** Reads what the broker sends, believing nothing: what the contract does not know is malformed. */
import { type Schema, Validator } from "@cfworker/json-schema";
import conditionSchema from "../../../firmware_py/contract/condition.schema.json";
import contestSchema from "../../../firmware_py/contract/contest.schema.json";
import countsSchema from "../../../firmware_py/contract/counts.schema.json";
import eventSchema from "../../../firmware_py/contract/event.schema.json";
import stateSchema from "../../../firmware_py/contract/state.schema.json";
import type { Condition } from "../contract/condition.ts";
import type { Contest } from "../contract/contest.ts";
import type { Counts } from "../contract/counts.ts";
import type { Event as DeskEvent } from "../contract/event.ts";
import type { State } from "../contract/state.ts";

export interface Floor {
  readonly site: string;
  readonly floor: string;
}

export interface Desk extends Floor {
  readonly desk: string;
}

/** Content is null where the broker deleted what it had kept. */
export type Message =
  | { readonly type: "state"; readonly desk: Desk; readonly content: State | null }
  | { readonly type: "condition"; readonly desk: Desk; readonly content: Condition | null }
  | { readonly type: "counts"; readonly floor: Floor; readonly content: Counts | null }
  | { readonly type: "event"; readonly desk: Desk; readonly content: DeskEvent }
  | { readonly type: "contest"; readonly desk: Desk; readonly content: Contest }
  | { readonly type: "check" }
  | { readonly type: "malformed"; readonly why: string };

/** Bytes of a message that is not even looked at; the broker's own limit is lower. */
export const LARGEST = 262_144;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const validators = {
  state: validator(stateSchema),
  condition: validator(conditionSchema),
  counts: validator(countsSchema),
  event: validator(eventSchema),
  contest: validator(contestSchema),
};

/** Never throws. */
export function parse(topic: string, payload: Uint8Array): Message {
  try {
    return read(topic, payload);
  } catch (error) {
    return { type: "malformed", why: error instanceof Error ? error.message : String(error) };
  }
}

function read(topic: string, payload: Uint8Array): Message {
  const [root, version, site, floor, ...rest] = topic.split("/");
  if (root !== "deskcue" || version !== "v1" || !site || !floor) {
    throw new Error("no topic of a desk");
  }
  if (payload.length > LARGEST) throw new Error("too large");
  if (rest.length === 1 && rest[0] === "counts") {
    return { type: "counts", floor: { site, floor }, content: kept<Counts>("counts", payload) };
  }
  const [desk, first, kind, ...more] = rest;
  if (!desk || more.length) throw new Error("a topic that the contract does not know");
  const where = { site, floor, desk };
  if (kind === undefined && first === "state") {
    return { type: "state", desk: where, content: kept<State>("state", payload) };
  }
  if (kind === undefined && first === "condition") {
    return { type: "condition", desk: where, content: kept<Condition>("condition", payload) };
  }
  if (first !== "event" || !kind) throw new Error("a topic that the contract does not know");
  if (kind === "check") return { type: "check" };
  if (kind === "contest") {
    return {
      type: "contest",
      desk: where,
      content: own(where, kind, content<Contest>("contest", payload)),
    };
  }
  return {
    type: "event",
    desk: where,
    content: own(where, kind, content<DeskEvent>("event", payload)),
  };
}

function kept<T>(name: keyof typeof validators, payload: Uint8Array): T | null {
  return payload.length ? content<T>(name, payload) : null;
}

function content<T>(name: keyof typeof validators, payload: Uint8Array): T {
  const found: unknown = JSON.parse(utf8.decode(payload));
  const { valid, errors } = validators[name].validate(found);
  if (!valid) {
    const last = errors.at(-1);
    throw new Error(
      `${last?.instanceLocation ?? "#"}: ${last?.error ?? "not as the contract says"}`,
    );
  }
  return found as T;
}

/** What an event says of its desk must be what its topic says. */
function own<T extends DeskEvent | Contest>(where: Desk, kind: string, event: T): T {
  const { site, floor, desk } = event.data;
  if (site !== where.site || floor !== where.floor || desk !== where.desk) {
    throw new Error("an event that says that it is another desk's");
  }
  if (event.data.kind !== kind) throw new Error("an event on the topic of another kind");
  return event;
}

/** A newer desk may add keys. */
function validator(schema: unknown): Validator {
  return new Validator(tolerant(schema) as Schema, "2020-12", true);
}

function tolerant(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(tolerant);
  if (typeof part !== "object" || part === null) return part;
  const left = Object.entries(part).filter(
    ([key, value]) => key !== "additionalProperties" || value !== false,
  );
  return Object.fromEntries(left.map(([key, value]) => [key, tolerant(value)]));
}
