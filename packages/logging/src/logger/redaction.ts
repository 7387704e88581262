import { type LoggerOptions, stdSerializers } from "pino";
import { isOwnLine } from "../lines/own-line.ts";
import { canHoldContent, censor, censored, within } from "./censor.ts";
import { sensitivityOf } from "./sensitive-names.ts";

/**
 * Names that are bound to children, which pino's `redact` alone sees. It goes by exact paths: spelt as they are bound, and no wildcard,
 * which would cost each line 90 µs.
 */
const bound = [
  "authorization",
  "cookie",
  "apiKey",
  "api_key",
  "password",
  "secret",
  "token",
  "accessToken",
  "access_token",
  "prompt",
  "systemPrompt",
  "messages",
  "completion",
];
const boundHeaders = ["authorization", "Authorization", "cookie", "Cookie", "set-cookie", "x-api-key"];
const boundPlaces = ["headers", "req.headers", "request.headers"];

/** Under which names apps bind Node's HTTP messages. */
const messages = ["req", "res", "request", "response"];

type Redaction = Required<Pick<LoggerOptions, "redact" | "serializers">> & {
  /** pino's `formatters.log`. */
  readonly formatLine: (line: Record<string, unknown>) => Record<string, unknown>;
};

/**
 * The parts of pino's options that keep credentials and contents out of lines, errors and bindings.
 * @param paths the app's own, in pino's syntax
 * @param content leaves prompts and answers in
 */
export function redaction(paths: readonly string[], content: boolean): Redaction {
  const names = content ? bound.filter((name) => sensitivityOf(name) !== "content") : bound;
  const headers = boundPlaces.flatMap((place) => boundHeaders.map((name) => `${place}["${name}"]`));
  return {
    redact: { paths: [...new Set([...names, ...headers, ...paths])], censor: censorPath },
    serializers: {
      err: (error: Error) => censor({ ...stdSerializers.err(error) }, content),
      // a child's bindings pass here and not through formatLine
      ...Object.fromEntries(messages.map((name) => [name, (value: unknown) => within(value, content)])),
    },
    formatLine: (line) => (isOwnLine(line) ? line : censor(line, content)),
  };
}

function censorPath(value: unknown, path: string[]): unknown {
  const name = path.at(-1) ?? "";
  return sensitivityOf(name) === "content" && !canHoldContent(value) ? value : censored;
}
