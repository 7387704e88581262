import { forged } from "./unforged.ts";

/** What somebody may make a name of: a path, a user, a model's file, a tool that a model made up. */
export const hostileTexts: Readonly<Record<string, string>> = {
  "a line of JSON": `x\n${forged}\n`,
  "JSON within JSON": `"}\n${forged}`,
  "a carriage return": `x\r${forged}`,
  "a series": 'x"} 1\nforged{a="',
  "a comment of the exposition": "x\n# EOF\n",
  backslashes: '\\n\\"\\',
  "a terminal's escape": "\u001b[2J\u001b]0;forged\u0007",
  "C1 controls": `\u009b2J\u0085${forged}`,
  "separators and direction marks": "a\u2028b\u2029c\u202ed\u2066e",
  NUL: "a\u0000b",
  "half a character": "a\ud800b\udc00",
  "15 kB": "x".repeat(15_000),
  "15 kB of astral characters": "💥".repeat(3_750),
  "the language's own name": "__proto__",
  "nothing but a blank": " ",
};
