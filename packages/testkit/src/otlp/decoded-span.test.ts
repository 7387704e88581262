import { describe, expect, it } from "vitest";
import { attributesOf, plainValue } from "./decoded-span.ts";

describe("plainValue", () => {
  it.each([
    [{ stringValue: "" }, ""],
    [{ boolValue: false }, false],
    [{ intValue: "0" }, 0],
    [{ intValue: 7 }, 7],
    [{ intValue: "9223372036854775807" }, 9223372036854775807n],
    [{ doubleValue: "NaN" }, Number.NaN],
    [{ doubleValue: 0.5 }, 0.5],
    [{ bytesValue: "AQI=" }, new Uint8Array([1, 2])],
    [{ bytesValue: Buffer.from([1, 2]) }, new Uint8Array([1, 2])],
    [{ arrayValue: { values: [{ intValue: 1 }, {}] } }, [1, undefined]],
    [{ kvlistValue: { values: [{ key: "a", value: { stringValue: "b" } }] } }, { a: "b" }],
    [{}, undefined],
    [null, undefined],
  ])("%o is %o", (value, plain) => {
    expect(plainValue(value)).toEqual(plain);
  });
});

describe("attributesOf", () => {
  it("refuses a key that was sent twice", () => {
    expect(() => attributesOf([{ key: "a" }, { key: "a" }])).toThrow("attribute sent twice: a");
  });
});
