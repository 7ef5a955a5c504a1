import { expect, test } from "vitest";
import { age, clauseTitle, kindTitle, reasonTitle, WORDS } from "../src/words/words.ts";

test("ages are in the largest unit that fits", () => {
  const spans = [-5, 59_999, 60_000, 3_600_000, 90_000_000];
  expect(spans.map((ms) => age(ms, WORDS.en))).toEqual(["0 s", "59 s", "1 min", "1 h", "1 d"]);
});

test("clauses and reasons have the standard's titles", () => {
  expect(clauseTitle("F13", "zh")).toBe("我就这个态度！");
  expect(clauseTitle("site-rule", "en")).toBe("");
  expect(reasonTitle("not-said", "en")).toBe("not said");
  expect(reasonTitle("else", "en")).toBe("else");
});

test("what was measured has a word of its own, beside the clause", () => {
  expect(kindTitle("shouting", "en")).toBe("raised voice");
  expect(kindTitle("site-kind", "zh")).toBe("site-kind");
});

test("a floor that is called one already is not called so twice", () => {
  expect(["3", "十二", "五楼", "东区"].map(WORDS.zh.floor)).toEqual([
    "3 楼",
    "十二 楼",
    "五楼",
    "东区",
  ]);
});

test("the keys are the same in both languages", () => {
  expect(WORDS.zh.keys.map(([key]) => key)).toEqual(WORDS.en.keys.map(([key]) => key));
});
