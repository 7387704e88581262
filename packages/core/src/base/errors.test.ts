import { expect, it } from "vitest";
import { errorName } from "./errors.ts";

const broken = new Proxy(new Error("x"), {
  get: () => {
    throw new Error("no");
  },
});

it.each([
  [new TypeError("secret"), "TypeError"],
  [new (class Overflow extends Error {})("secret"), "Overflow"],
  [Object.assign(new Error("secret"), { code: "ECONNRESET" }), "ECONNRESET"],
  [Object.assign(new RangeError("secret"), { code: "a secret" }), "RangeError"],
  [Object.assign(new Error("x"), { name: "the prompt was: secret" }), "Error"],
  [Object.assign(new Error("x"), { constructor: undefined }), "Error"],
  [broken, "Error"],
  ["secret", "string"],
  [undefined, "undefined"],
])("errorName never throws and never tells content: %#", (error, name) => {
  expect(errorName(error)).toBe(name);
});
