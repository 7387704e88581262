import { describe, expect, it } from "vitest";
import { isAiwatchError } from "../base/errors.ts";
import { invalidSetting, readBoolean, readChoice, readVariable } from "./settings.ts";

describe("a setting", () => {
  it("is the option, then the first variable that is set, then nothing", () => {
    const environment = { FIRST: " ", SECOND: "yes", THIRD: "no" };
    const variables = ["FIRST", "SECOND", "THIRD"];
    expect(readBoolean({ option: false, variables, environment })).toBe(false);
    expect(readBoolean({ variables, environment })).toBe(true);
    expect(readBoolean({ variables: ["NONE"], environment })).toBe(undefined);
    expect(readVariable(variables, environment)).toEqual({ variable: "SECOND", text: "yes" });
  });

  it("that cannot be used is an error with its name, its value and the remedy", () => {
    const read = () => readBoolean({ variables: ["SWITCH"], environment: { SWITCH: "maybe" } });
    expect(read).toThrowError(
      expect.objectContaining({
        code: "AIWATCH_INVALID_SETTING",
        message: 'SWITCH is "maybe", expected true or false',
      }),
    );
    try {
      read();
    } catch (error) {
      expect(isAiwatchError(error)).toBe(true);
    }
  });

  it.each([
    [5n, "5"],
    [Number.NaN, "NaN"],
    [Symbol("x"), "Symbol(x)"],
    [undefined, "undefined"],
    [["a", 1], '["a",1]'],
    [[{ secret: "canary" }], "a list"],
    [{ secret: "canary" }, "an object"],
    [function secretive() {}, "the function secretive"],
    ["x".repeat(100), `"${"x".repeat(80)}"`],
    [{ toJSON: () => expect.unreachable() }, "an object"],
    [{ toJSON: () => undefined }, "an object"],
  ])("is shown whatever it is: %#", (value, shown) => {
    expect(invalidSetting("the option x", value, "another").message).toBe(`the option x is ${shown}, expected another`);
  });

  it("out of a list is read in any case, and refused when it is not in it", () => {
    const choices = ["red", "green"] as const;
    expect(readChoice({ variables: ["COLOUR"], environment: { COLOUR: "RED" } }, choices)).toBe("red");
    const wrong = () => readChoice({ variables: ["COLOUR"], environment: { COLOUR: "blue" } }, choices);
    expect(wrong).toThrowError('COLOUR is "blue", expected one of red, green');
    expect(() => readChoice({ option: "blue" as never, variables: [] }, choices)).toThrowError(/"blue"/);
  });
});
