import { describe, expect, it } from "vitest";
import { cleanText } from "./clean-text.ts";

describe("cleanText", () => {
  it.each([
    ["as it is", "curl/8.5 (ä, 日本, 🦙)", "curl/8.5 (ä, 日本, 🦙)"],
    ["a forged line", 'x\n{"level":"fatal"}\r', 'x\ufffd{"level":"fatal"}\ufffd'],
    ["a terminal's escape", "\u001b[2Jx\u009b1m", "\ufffd[2Jx\ufffd1m"],
    ["separators and direction marks", "a\u2028b\u2029c\u202ed\u2066e", "a\ufffdb\ufffdc\ufffdd\ufffde"],
    ["half a character", "a\ud800b\udc00", "a\ufffdb\ufffd"],
  ])("%s", (_, text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it("is never longer than its limit, and never ends in half a character", () => {
    expect(cleanText("x".repeat(512), 512)).toHaveLength(512);
    expect(cleanText("x".repeat(513), 512)).toBe(`${"x".repeat(511)}…`);
    expect(cleanText("xx🦙🦙", 4)).toBe("xx…");
  });
});
