import fc from "fast-check";
import Negotiator from "negotiator";
import { expect, it } from "vitest";
import { preferredType } from "./accept.ts";

const offers = [
  "text/plain;version=0.0.4",
  "text/plain;version=0.0.4;escaping=allow-utf-8",
  "text/plain",
  "application/openmetrics-text;version=1.0.0",
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
  "application/openmetrics-text",
];

const types = [
  "text/plain",
  "text/*",
  "*/*",
  "application/openmetrics-text",
  "application/*",
  "Text/Plain",
  "text/html",
];
const parameters = [
  "version=0.0.4",
  "version=1.0.0",
  'version="1.0.0"',
  "escaping=allow-utf-8",
  "charset=utf-8",
  "version=*",
];
const qualities = ["q=0", "q=0.1", "q=0.5", "q=0.75", "q=1", "Q=0.2", "q=0.001"];

const range = fc
  .tuple(fc.constantFrom(...types), fc.subarray(parameters, { maxLength: 2 }), fc.option(fc.constantFrom(...qualities)))
  .map(([type, own, quality]) => [type, ...own, ...(quality === null ? [] : [quality])].join("; "));

it("the preferred type is the one that negotiator finds", () => {
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (ranges) => {
      const accept = ranges.join(", ");
      expect(preferredType(accept, offers)).toBe(new Negotiator({ headers: { accept } }).mediaType(offers));
    }),
    { numRuns: 5000 },
  );
});

it.each([
  "",
  ",",
  ";;;",
  "text",
  "/",
  'text/plain;v="',
  '"',
  "*",
  "text/plain;q=x",
  "\u0000",
  "text/plain,".repeat(1000),
])("no header throws: %j", (accept) => {
  expect(() => preferredType(accept, offers)).not.toThrow();
});
