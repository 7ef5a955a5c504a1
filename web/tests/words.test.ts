import { expect, test } from "vitest";
import { age, clauseTitle, reasonTitle, WORDS } from "../src/words/words.ts";

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

test("the keys are the same in both languages", () => {
  expect(WORDS.zh.keys.map(([key]) => key)).toEqual(WORDS.en.keys.map(([key]) => key));
});
