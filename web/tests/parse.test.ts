import fc from "fast-check";
import { expect, test } from "vitest";
import { LARGEST, parse } from "../src/model/parse.ts";
import { Site } from "../src/model/site.ts";
import { bytes, condition, counts, DESK, event, FLOOR, ROOT, state } from "./sample.ts";

test("what the contract knows is read", () => {
  expect(parse(`${ROOT}/state`, bytes(state()))).toEqual({
    type: "state",
    desk: DESK,
    content: state(),
  });
  expect(parse(`${ROOT}/condition`, bytes(condition())).type).toBe("condition");
  expect(parse("deskcue/v1/nanjing/3/counts", bytes(counts([])))).toEqual({
    type: "counts",
    floor: FLOOR,
    content: counts([]),
  });
  expect(parse(`${ROOT}/event/phrase`, bytes(event())).type).toBe("event");
  expect(parse(`${ROOT}/event/check`, bytes("{}")).type).toBe("check");
});

test("a newer desk may say more, and a deleted message is none", () => {
  expect(parse(`${ROOT}/state`, bytes({ ...state(), mood: 1 })).type).toBe("state");
  expect(parse(`${ROOT}/state`, bytes(""))).toEqual({ type: "state", desk: DESK, content: null });
});

test.each([
  [`${ROOT}/state`, "{"],
  [`${ROOT}/state`, "[]"],
  [`${ROOT}/state`, { ...state(), state: "online" }],
  [`${ROOT}/state`, { ...state(), at: "today" }],
  [`${ROOT}/state/more`, state()],
  [`${ROOT}/health`, "{}"],
  ["deskcue/v2/nanjing/3/3-17/state", state()],
  ["deskcue/v1/nanjing//3-17/state", state()],
  ["elsewhere", state()],
  ["deskcue/v1/nanjing/3/counts", counts([{ hour: "2026-11-26T09:00:00Z", desks: 4 } as never])],
  [`${ROOT}/event/phrase`, ""],
  [`${ROOT}/event/shouting`, event()],
  ["deskcue/v1/nanjing/3/3-18/event/phrase", event()],
])("malformed: %s %j", (topic, content) => {
  expect(parse(topic, bytes(content)).type).toBe("malformed");
});

test("what is larger than a broker lets through is not even read", () => {
  const large = bytes(`${JSON.stringify(state())}${" ".repeat(LARGEST)}`);
  expect(parse(`${ROOT}/state`, large)).toEqual({ type: "malformed", why: "too large" });
});

const topics = fc.oneof(
  fc.constantFrom(
    ...["state", "condition", "event/phrase", "event/contest"].map((one) => `${ROOT}/${one}`),
    "deskcue/v1/nanjing/3/counts",
  ),
  fc.string(),
);
const near = fc
  .tuple(
    fc.constantFrom<object>(state(), condition(), event(), counts([])),
    fc.json({ maxDepth: 2 }),
  )
  .chain(([good, json]) =>
    fc.constantFrom(...Object.keys(good)).map((key) => bytes({ ...good, [key]: JSON.parse(json) })),
  );
const payloads = fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.json().map(bytes), near);

test("whatever comes, the page goes on and counts it", () => {
  const site = new Site();
  let malformed = 0;
  fc.assert(
    fc.property(topics, payloads, fc.boolean(), fc.nat(), (topic, payload, kept, now) => {
      const message = parse(topic, payload);
      malformed += message.type === "malformed" ? 1 : 0;
      site.take(message, kept, now);
      expect(site.malformed).toBe(malformed);
      site.take(parse(`${ROOT}/state`, bytes(state({ state: "lost" }))), true, now);
      expect(site.desks.get("nanjing/3/3-17")?.word).toBe("lost");
    }),
    { numRuns: Number(process.env.DESKCUE_FUZZ ?? 1000) },
  );
  expect(malformed).toBeGreaterThan(0);
});
