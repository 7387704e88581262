import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { buildTinyModel } from "./build-tiny-model.ts";
import { type TinyModelOptions, type Variant, variants } from "./options.ts";

const hash = (options: TinyModelOptions) => createHash("sha256").update(buildTinyModel(options)).digest("hex");

describe("buildTinyModel", () => {
  it.each(variants)("makes the same bytes each time: %s", (variant) => {
    expect(hash({ variant })).toBe(hash({ variant }));
  });

  it("makes other bytes for other options", () => {
    const hashes = [
      ...variants.map((variant) => hash({ variant, name: "same" })),
      hash({ name: "other" }),
      hash({ contextLength: 64 }),
      hash({ sentences: 9 }),
      hash({ feedForward: 64 }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each([
    [{ variant: "poet" as Variant }, /^variant is 'poet': give one of chat, /],
    [{ name: " " }, /^name is ' ': /],
    [{ contextLength: Number.NaN }, /^contextLength is NaN: give a whole number from 64/],
    [{ contextLength: 63 }, /^contextLength is 63: /],
    [{ sentences: 1 }, /^sentences is 1: give a number from 2 to 100/],
    [{ feedForward: 33 }, /^feedForward is 33: give a multiple of 32/],
  ])("refuses %o", (options, message) => {
    expect(() => buildTinyModel(options)).toThrow(
      expect.objectContaining({ code: "ERR_TINY_MODEL_OPTION", message: expect.stringMatching(message) }),
    );
  });
});
