import { describe, expect, it } from "vitest";
import type { BoardVariable } from "./board.ts";
import { firstValues, interpolated, type Value } from "./variables.ts";

const none = async () => [];
const one = (chosen: string | readonly string[], isEscaped = true) =>
  new Map<string, Value>([["x", { chosen, isEscaped }]]);

describe("a variable's first value", () => {
  const first = async (variable: Partial<BoardVariable>, labelValues: Parameters<typeof firstValues>[1] = none) =>
    (await firstValues([{ name: "x", type: "query", ...variable }], labelValues)).get("x")?.chosen;

  it("is what its JSON says is chosen, All as what All stands for", async () => {
    const all = { includeAll: true, current: { value: ["$__all"] } };
    expect(await first({ ...all, allValue: ".*" })).toBe(".*");
    expect(await first(all)).toBe(".+");
    expect(await first({ includeAll: true })).toBe(".+");
    expect(await first({ multi: true, current: { value: ["a", "b"] } })).toEqual(["a", "b"]);
  });

  it("is the selected option, else the first, of a custom variable without one", async () => {
    expect(await first({ type: "custom", query: "2 s : 2, 5 s : 5" })).toBe("2");
    const options = [{ value: "1" }, { value: "2", selected: true }];
    expect(await first({ type: "custom", options })).toBe("2");
  });

  it("is asked for where nothing is chosen", async () => {
    const asked: unknown[] = [];
    const labelValues = async (...question: unknown[]) => {
      asked.push(question);
      return ["b:8080", "c:8080"];
    };
    expect(await first({ query: { query: 'label_values(up{job="x"}, instance)' } }, labelValues)).toBe("b:8080");
    expect(asked).toEqual([["instance", 'up{job="x"}']]);
  });

  it("is none for filters that a reader adds", async () => {
    expect(await first({ type: "adhoc" })).toBeUndefined();
  });
});

describe("a query", () => {
  it("has its variables replaced however they are written", () => {
    for (const text of ["$x", `\${x}`, `\${x:raw}`, "[[x]]"]) expect(interpolated(text, one("a")).text).toBe("a");
  });

  it("has choices escaped for the regular expression and the string around it, several as alternatives", () => {
    expect(interpolated("$x", one("a:8080/b.c")).text).toBe(String.raw`a:8080/b\\.c`);
    expect(interpolated("$x", one(["a.b", "c"])).text).toBe(String.raw`(a\\.b|c)`);
    expect(interpolated("$x", one(".+", false)).text).toBe(".+");
  });

  it("says which variables nothing is known of, and leaves them", () => {
    expect(interpolated("rate(a[$__rate_interval]) * $x", one("2"))).toEqual({
      text: "rate(a[$__rate_interval]) * 2",
      unknown: ["__rate_interval"],
    });
  });

  it("takes a group of label_replace for no variable", () => {
    const query = 'label_replace(a, "b", "$1.$2 B", "b", "(..)(..)")';
    expect(interpolated(query, one("2"))).toEqual({ text: query, unknown: [] });
  });
});
