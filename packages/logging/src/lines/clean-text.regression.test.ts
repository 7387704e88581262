import { expect, it } from "vitest";
import { cleanText } from "./clean-text.ts";

it.each([
  ["an Arabic letter mark", "\u061c"],
  ["a zero-width space", "\u200b"],
  ["a zero-width joiner outside of a picture", "\u200d"],
  ["a word joiner", "\u2060"],
  ["an invisible times", "\u2062"],
  ["a byte order mark", "\ufeff"],
  ["a soft hyphen", "\u00ad"],
  ["a Mongolian vowel separator", "\u180e"],
  ["a Hangul filler", "\u3164"],
  ["a combining grapheme joiner", "\u034f"],
  ["a variation selector outside of a picture", "\ufe0f"],
  ["a variation selector of the supplement", "\u{e0101}"],
  ["a tag, in which text can be hidden", "\u{e0041}"],
  ["an interlinear annotation", "\ufff9"],
  ["a musical format character", "\u{1d173}"],
  ["a right-to-left override", "\u202e"],
  ["an isolate", "\u2067"],
  ["a deprecated format character", "\u206a"],
])("%s is replaced", (_, character) => {
  expect(cleanText(`a${character}b`, 100)).toBe("a\ufffdb");
});

it.each(["👨‍👩‍👧‍👦", "❤️", "👍🏽", "🏳️‍🌈", "🦙", "é", "e\u0301", "日本", "שלום", "مرحبا"])(
  "%s stays as it is",
  (text) => {
    expect(cleanText(`a${text}b`, 100)).toBe(`a${text}b`);
  },
);

it("a picture hides nothing behind it", () => {
  expect(cleanText("🦙\u{e0041}\u200d\u200dx\u202e🦙", 100)).toBe("🦙\ufffd\ufffd\ufffdx\ufffd🦙");
});
