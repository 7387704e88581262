import { finishReasons, operations } from "../catalogue/values.ts";
import { goEngine } from "../compat/engine.ts";
import type { InferenceStart, ServerFacts, Usage } from "./inference-handle.ts";
import type { FinishReason, RequestParameters, ServerAddress, SpeculativeTokens } from "./record.ts";
import type { ToolStart } from "./tool-handle.ts";

/** What the types rule out and plain JavaScript hands over all the same. It becomes what the types say, once, before anything is made of it. */

/** What only an inference that is sent to a server has. */
export type Sent = Pick<InferenceStart, "requestedModel" | "server" | "attempt">;

/** What an inference was begun with, whole. */
export type Started = Readonly<Required<Omit<InferenceStart, "outlivesRequest" | "forReader" | keyof Sent>>> & {
  readonly sent: Sent | undefined;
};

/** What a model or a tool is called that has no name of its own. */
const unnamed = "unknown";

export function startedWith(start: unknown): Started {
  const operation = at(start, "operation");
  return {
    model: nameOf(at(start, "model")),
    operation: operations.find((known) => known === operation) ?? "chat",
    provider: textAt(start, "provider") ?? goEngine,
    parameters: parametersOf(at(start, "parameters")),
    kind: at(start, "kind") === "client" ? "client" : "internal",
    sent: sentOf(start),
  };
}

function sentOf(start: unknown): Sent | undefined {
  const requestedModel = textAt(start, "requestedModel");
  const server = serverOf(at(start, "server"));
  const attempt = at(start, "attempt");
  if (requestedModel === undefined && server === undefined && !isCount(attempt)) return undefined;
  return {
    ...(requestedModel !== undefined && { requestedModel }),
    ...(server !== undefined && { server }),
    ...(isCount(attempt) && { attempt }),
  };
}

function serverOf(given: unknown): ServerAddress | undefined {
  const address = textAt(given, "address");
  if (address === undefined) return undefined;
  const port = at(given, "port");
  return Object.freeze({ address, ...(isCount(port) && { port }) });
}

/** What a server said, without what is no name and no duration. */
export function serverFactsOf(given: unknown): ServerFacts {
  const facts: { -readonly [Name in keyof ServerFacts]: ServerFacts[Name] } = {};
  for (const name of ["countsAs", "provider", "requestedModel", "model", "id"] as const) {
    const text = textAt(given, name);
    if (text !== undefined && text !== "") facts[name] = text;
  }
  for (const name of ["queueMs", "loadMs", "promptEvalMs", "decodeMs"] as const) {
    const value = at(given, name);
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) facts[name] = value;
  }
  return facts;
}

/** Whether it has a word for its operation, and it is none of ours. */
export function namesNoOperation(start: unknown): boolean {
  const operation = textAt(start, "operation");
  return operation !== undefined && !operations.some((known) => known === operation);
}

export function outlivesRequest(start: unknown): boolean {
  return at(start, "outlivesRequest") === true;
}

/** @returns undefined where it does not say */
export function forReader(start: unknown): boolean | undefined {
  const answer = at(start, "forReader");
  return typeof answer === "boolean" ? answer : undefined;
}

/** What reads the thoughts so far, where an adapter gave such. It may throw and give anything. */
export function reasoningReaderOf(start: unknown): (() => unknown) | undefined {
  const read = at(start, "reasoningSoFar");
  return typeof read === "function" ? () => Reflect.apply(read, undefined, []) : undefined;
}

const noParameters: RequestParameters = Object.freeze({});

/** Whoever adds a parameter adds it here: what else the app put beside them is its own, and may be content. */
function parametersOf(given: unknown): RequestParameters {
  if (given === undefined) return noParameters;
  const parameters: { -readonly [Name in keyof RequestParameters]: RequestParameters[Name] } = {};
  for (const name of ["maxTokens", "temperature", "topP", "topK", "seed"] as const) {
    const value = at(given, name);
    if (typeof value === "number" && Number.isFinite(value)) parameters[name] = value;
  }
  const stream = at(given, "stream");
  if (typeof stream === "boolean") parameters.stream = stream;
  return Object.freeze(parameters);
}

/**
 * A reason that is none of ours is its engine's own word, which is kept: the model came to an end by itself, and whoever says nothing says no
 * more than that.
 */
export function finishReasonOf(given: unknown): FinishReason {
  const word = typeof given === "string" ? given : at(given, "unified");
  const unified = finishReasons.find((known) => known === word);
  const own = unified === undefined && typeof word === "string" ? word : undefined;
  const raw = textAt(given, "raw") ?? own;
  return Object.freeze({ unified: unified ?? "stop", ...(raw !== undefined && { raw }) });
}

export function toolStartOf(start: unknown): ToolStart {
  const callId = textAt(start, "callId");
  const description = textAt(start, "description");
  return {
    name: nameOf(at(start, "name")),
    ...(callId !== undefined && { callId }),
    ...(description !== undefined && { description }),
  };
}

/** An error's type as the app named it. @returns undefined for what is no name */
export function failureTypeOf(type: unknown): string | undefined {
  return typeof type === "string" && type !== "" ? type : undefined;
}

/** What an engine reported, without what is no count. */
export function usageOf(given: unknown): Usage | undefined {
  if (given === undefined) return undefined;
  return countsAt(given, ["promptTokens", "cachedPromptTokens", "outputTokens", "reasoningTokens"]);
}

/** @returns undefined where one of them is no count */
export function speculationOf(given: unknown): SpeculativeTokens | undefined {
  const { used, unused, refuted } = countsAt(given, ["used", "unused", "refuted"]);
  if (used === undefined || refuted === undefined) return undefined;
  if (unused === undefined && at(given, "unused") !== undefined) return undefined;
  return Object.freeze({ used, ...(unused !== undefined && { unused }), refuted });
}

/**
 * Engines report what is no count, too: what is unknown to them is `undefined`, null or -1. What is no longer exact as a number is none that
 * was counted.
 */
export function isCount(count: unknown): count is number {
  return typeof count === "number" && count >= 0 && count <= Number.MAX_SAFE_INTEGER;
}

/** Counts that are added up stay a number that JSON has a word for. */
export function added(total: number | undefined, count: number): number {
  return Math.min((total ?? 0) + count, Number.MAX_SAFE_INTEGER);
}

function countsAt<Name extends string>(given: unknown, names: readonly Name[]): { [Key in Name]?: number } {
  const counts: { [Key in Name]?: number } = {};
  for (const name of names) {
    const count = at(given, name);
    if (isCount(count)) counts[name] = count;
  }
  return counts;
}

function nameOf(name: unknown): string {
  if (typeof name === "string") return name;
  return typeof name === "number" || typeof name === "boolean" || typeof name === "bigint" ? String(name) : unnamed;
}

function textAt(holder: unknown, name: string): string | undefined {
  const value = at(holder, name);
  return typeof value === "string" ? value : undefined;
}

/** A property that may be a getter that throws. */
function at(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  try {
    return Reflect.get(holder, name);
  } catch {
    return undefined;
  }
}
