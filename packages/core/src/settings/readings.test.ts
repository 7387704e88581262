import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inventory } from "../base/process-wide.ts";
import { coreSettings } from "./core-settings.ts";
import { kinds, noteReading, readRow, setting } from "./settings.ts";

const readingsOf = (row: object) => inventory().readings.get(row);

describe("what a setting was read as is noted", () => {
  it("with the option, the first variable that is set, or the default", () => {
    const row = setting({ option: "n", variables: ["FIRST", "OTEL_SECOND"], kind: kinds.count, default: 7 });
    const environment = { FIRST: " ", OTEL_SECOND: "3" };
    const read = [readRow(row, undefined, {}), readRow(row, undefined, environment), readRow(row, 1, environment)];
    expect(read).toEqual([7, 3, 1]);
    expect(readingsOf(row)).toEqual([
      { from: "default", value: 7 },
      { from: "OTEL_SECOND", value: 3 },
      { from: "option", value: 1 },
    ]);
  });

  it("once where it is the same, the latest last, and no more than five", () => {
    const row = setting({ option: "n", variables: ["N"], kind: kinds.count, default: undefined });
    for (const value of [1, 2, 3, 4, 5, 6, 2]) readRow(row, value, {});
    expect(readingsOf(row)?.map(({ value }) => value)).toEqual([3, 4, 5, 6, 2]);
  });

  it("never where it is refused", () => {
    const row = setting({ option: "n", variables: ["N"], kind: kinds.count, default: undefined });
    expect(() => readRow(row, -1, {})).toThrow();
    expect(() => readRow(row, undefined, { N: "secret" })).toThrow();
    expect(readingsOf(row)).toBe(undefined);
  });

  it("as words of closed lists, and names that are shown", () => {
    const colours = setting({ variables: ["C"], kind: kinds.list("red", "green"), default: undefined });
    readRow(colours, undefined, { C: "green, RED" });
    expect(readingsOf(colours)).toEqual([{ from: "C", value: "green,red" }]);
    const name = setting({ variables: ["N"], kind: kinds.shownText("a name"), default: undefined });
    readRow(name, undefined, { N: "x".repeat(999) });
    expect(readingsOf(name)).toEqual([{ from: "N", value: "x".repeat(200) }]);
  });

  it("without any other text, by whatever way it came", () => {
    const text = setting({ option: "key", variables: ["KEY"], kind: kinds.text("a key"), default: undefined });
    // longer than the words of the reading itself
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), fc.constantFrom("option", "variable", "note"), (secret, way) => {
        const row = { ...text };
        if (way === "option") readRow(row, secret, {});
        else if (way === "variable") readRow(row, undefined, { KEY: secret });
        else noteReading(row, "option", secret);
        const [reading] = readingsOf(row) ?? [];
        const isSet = way !== "variable" || secret.trim() !== "";
        expect(reading).toEqual({
          from: isSet ? (way === "variable" ? "KEY" : "option") : "default",
          ...(isSet && { hidden: true }),
        });
      }),
    );
  });

  it("under the names of the package that declares the rows", () => {
    const core = inventory().packages.filter(({ name }) => name === "@aiwatch/core");
    expect(core.map(({ rows }) => rows)).toContain(coreSettings);
  });
});
