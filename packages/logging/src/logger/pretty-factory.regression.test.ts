import { prettyFactory } from "pino-pretty";
import { expect, it } from "vitest";
import { createLogger } from "../create-logger.ts";

function lineOf(options: Parameters<typeof createLogger>[0]): string {
  const lines: string[] = [];
  createLogger({ ...options, destination: { write: (line) => lines.push(line) } }).info({ a: 1 }, "hello");
  return lines.join("");
}

it("a factory that is handed in makes the lines, and pino-pretty is not looked for", () => {
  const made: object[] = [];
  const factory = (options: object) => {
    made.push(options);
    return (line: string) => `for people: ${JSON.parse(line).msg}\n`;
  };
  expect(lineOf({ pretty: true, prettyFactory: factory })).toBe("for people: hello\n");
  expect(made).toHaveLength(1);
});

it("pino-pretty's own fits, and says what the installed one says", () => {
  const withoutTime = (line: string) => line.replace(/^\[.*?\] /, "");
  const handedIn = lineOf({ pretty: true, prettyFactory });
  expect(withoutTime(handedIn)).toBe(withoutTime(lineOf({ pretty: true })));
  expect(handedIn).toContain("hello");
});

it("a factory alone leaves the lines JSON", () => {
  expect(JSON.parse(lineOf({ pretty: false, prettyFactory }))).toMatchObject({ msg: "hello", a: 1 });
});

it("what is none is one error", () => {
  const wrong = { prettyFactory } as unknown as typeof prettyFactory;
  expect(() => createLogger({ pretty: true, prettyFactory: wrong })).toThrowError(
    expect.objectContaining({ code: "AIWATCH_INVALID_SETTING" }),
  );
});
