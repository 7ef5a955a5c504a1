import { describe, expect, test } from "vitest";
import { digestSilent, isSilent, LONGEST_STREAM, SILENT_MS, Site } from "../src/model/site.ts";
import { condition, DESK, event, state } from "./sample.ts";

const KEY = "nanjing/3/3-17";
const AT = Date.parse("2026-11-26T09:00:00.000Z");

function take(site: Site, more: Parameters<typeof state>[0], kept = false, now = AT): void {
  site.take({ type: "state", desk: DESK, content: state(more) }, kept, now);
}

describe("desks", () => {
  test("state and condition make one desk; deleted, it is gone", () => {
    const site = new Site();
    site.take({ type: "condition", desk: DESK, content: condition() }, true, AT + 9);
    expect(site.desks.get(KEY)).toMatchObject({ word: "unknown", spoke: AT });
    take(site, { state: "degraded", faults: ["disk"] }, true);
    expect(site.desks.get(KEY)).toMatchObject({ word: "degraded", faults: ["disk"] });
    site.take({ type: "state", desk: DESK, content: null }, false, AT);
    expect(site.desks.size).toBe(0);
  });

  test("a desk that the broker no longer names after a reconnection is gone", () => {
    const site = new Site();
    site.begin();
    take(site, {}, true);
    site.begin();
    site.take({ type: "state", desk: { ...DESK, desk: "3-18" }, content: state() }, true, AT);
    site.sweep();
    expect([...site.desks.keys()]).toEqual(["nanjing/3/3-18"]);
  });

  test("silence is told by the digest, and only while there is one", () => {
    const site = new Site();
    take(site, {}, true);
    const desk = () => site.desks.get(KEY) ?? expect.fail("no desk");
    expect(isSilent(desk(), AT + 10 * SILENT_MS)).toBe(false);
    expect(digestSilent(site, AT)).toBe(true);
    site.take({ type: "condition", desk: DESK, content: condition() }, false, AT);
    expect(digestSilent(site, AT + SILENT_MS)).toBe(false);
    expect(isSilent(desk(), AT + SILENT_MS)).toBe(false);
    expect(isSilent(desk(), AT + SILENT_MS + 1)).toBe(true);
  });

  test("floors and desks are in a person's order", () => {
    const site = new Site();
    for (const desk of ["3-10", "3-2"]) {
      for (const floor of ["12", "3"]) {
        site.take({ type: "state", desk: { ...DESK, floor, desk }, content: state() }, true, AT);
      }
    }
    for (const floor of ["二十一楼", "六楼", "十楼", "五楼"]) {
      site.take({ type: "state", desk: { ...DESK, floor }, content: state() }, true, AT);
    }
    const found = site.floors();
    expect([...found.keys()].map((key) => key.split("/")[1])).toEqual([
      ...["3", "五楼", "六楼", "十楼", "12", "二十一楼"],
    ]);
    expect(found.get("nanjing/3")?.map((one) => one.where.desk)).toEqual(["3-2", "3-10"]);
  });
});

describe("the stream", () => {
  test("it has changes, not what the broker had kept", () => {
    const site = new Site();
    take(site, { state: "lost" }, true);
    take(site, { state: "ready" });
    take(site, { state: "ready" });
    expect(site.stream).toHaveLength(1);
    expect(site.stream[0]?.what).toMatchObject({ type: "word", word: "ready" });
  });

  test("an event comes once, however often it is sent, and may be contested", () => {
    const site = new Site();
    const sent = event();
    site.take({ type: "event", desk: DESK, content: sent }, false, AT);
    site.take({ type: "event", desk: DESK, content: { ...sent, replayed: true } }, false, AT);
    expect(site.stream).toHaveLength(1);
    const contest = { subject: sent.id, contestreason: "not-said" };
    site.take({ type: "contest", desk: DESK, content: contest as never }, false, AT);
    expect(site.stream[0]?.what).toMatchObject({ contested: "not-said", replayed: true });
    site.forgetEvents();
    expect(site.stream).toEqual([]);
  });

  test("it does not grow without end", () => {
    const site = new Site();
    for (let n = 0; n < LONGEST_STREAM + 50; n++) take(site, { state: n % 2 ? "ready" : "lost" });
    expect(site.stream).toHaveLength(LONGEST_STREAM);
  });
});
