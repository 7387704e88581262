import { createTestAiwatch } from "@aiwatch/core/testing";
import type { ChatSessionModelFunctions, LLamaChatPromptOptions } from "node-llama-cpp";
import { afterEach, describe, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

type Options = Readonly<Record<string, unknown>>;

const context = await tinyContext({ contextSize: 1024 }, "functions");
const sequence = context.getSequence();

afterEach(() => sequence.clearHistory());

/** A session, and the options with which its calls reach the engine and the chat inside it. */
function spied(isObserved = true) {
  const session = newSession(sequence);
  const reached: { readonly session: Options[]; readonly chat: Options[] } = { session: [], chat: [] };
  spy(session, "promptWithMeta", 1, reached.session);
  spy(Reflect.get(session, "_chat") as object, "generateResponse", 1, reached.chat);
  const { aiwatch, inferences, diagnostics } = createTestAiwatch();
  if (isObserved) instrumentModel(session, { aiwatch });
  return { session, reached, inferences, diagnostics };
}

function spy(target: object, name: string, index: number, reached: Options[]): void {
  const original = Reflect.get(target, name) as (...args: unknown[]) => unknown;
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]) {
      reached.push(args[index] as Options);
      return Reflect.apply(original, this, args);
    },
  });
}

const callbacks = ({ functions: _, ...options }: Options) =>
  Object.entries(options).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));

/** Everything that can be changed in an object and in those under it. */
const describeAll = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, { value: held, ...flags }]) => [
        key,
        flags,
        describeAll(held),
      ])
    : value;

function freezeAll<Value extends object>(value: Value): Value {
  for (const held of Object.values(value)) if (typeof held === "object" && held !== null) freezeAll(held as object);
  return Object.freeze(value);
}

describe("the options", () => {
  /** The callbacks that the engine hands on to its chat without us. */
  async function callbacksWithoutUs(options: LLamaChatPromptOptions) {
    const { session, reached } = spied(false);
    await session.promptWithMeta("Tell me", options);
    await sequence.clearHistory();
    return callbacks(reached.chat[0]!);
  }

  test("reach the engine as the very object, and no callback is added", async () => {
    const options: LLamaChatPromptOptions = { maxTokens: 3 };
    const expected = await callbacksWithoutUs(options);
    expect(expected).not.toContain("onToken");
    const { session, reached, inferences } = spied();
    await session.promptWithMeta("Tell me", options);
    expect(reached.session[0]).toBe(options);
    expect(callbacks(reached.chat[0]!)).toEqual(expected);
    await session.promptWithMeta("Tell me");
    expect(reached.session[1]).toBeUndefined();
    expect(callbacks(reached.chat[1]!)).toEqual(expected);
    await session.prompt("Tell me", options);
    expect(callbacks(reached.session[2]!)).toEqual([]);
    expect(inferences.map(({ parameters }) => parameters.stream)).toEqual([undefined, undefined, undefined]);
  });

  test("have the callbacks that they had, and those are the caller's own", async () => {
    const options = { maxTokens: 3, onToken: () => {}, onTextChunk: () => {} };
    const expected = await callbacksWithoutUs(options);
    const { session, reached, inferences } = spied();
    await session.promptWithMeta("Tell me", options);
    expect(reached.session[0]).toBe(options);
    expect(reached.session[0]).toMatchObject(options);
    expect(callbacks(reached.chat[0]!)).toEqual(expected);
    expect(inferences[0]!.parameters.stream).toBe(true);
  });

  test("and functions are the caller's, unchanged, and may be frozen; handlers have their own `this`", async () => {
    const { session, reached, inferences, diagnostics } = spied();
    const selves: unknown[] = [];
    const getWeather = {
      description: "The weather of a city",
      params: { type: "object", properties: { city: { type: "string" } } },
      secret: "the app's own",
      handler(this: unknown, params: unknown) {
        selves.push(this, params);
        return "sunny";
      },
    };
    const functions = { getWeather } as unknown as ChatSessionModelFunctions;
    const options = freezeAll({ maxTokens: 60, functions, promptOptions: { nested: true } });
    const before = describeAll(options);
    await session.promptWithMeta("How is the weather?", options);
    expect(describeAll(options)).toEqual(before);
    expect(options.functions["getWeather"]).toBe(getWeather);
    expect(selves).toEqual([getWeather, { city: "Paris" }]);
    expect(selves[0]).toBe(getWeather);
    // the copy has all that the original had
    const { functions: copied, ...others } = reached.session[0]!;
    expect(others).toEqual({ maxTokens: 60, promptOptions: { nested: true } });
    expect(others["promptOptions"]).toBe(options.promptOptions);
    const definition = (copied as Record<string, Record<string, unknown>>)["getWeather"]!;
    expect({ ...definition, handler: undefined }).toEqual({ ...getWeather, handler: undefined });
    expect(inferences).toMatchObject([{ toolCalls: 1 }]);
    expect(diagnostics).toEqual([]);
  });

  test("of a class, whose getters read private fields, work as they do without us", async () => {
    const getWeather = { handler: () => "sunny" } as unknown as ChatSessionModelFunctions[string];
    class Settings {
      readonly functions = { getWeather };
      #maxTokens = 60;
      get maxTokens() {
        return this.#maxTokens;
      }
    }
    const bare = newSession(sequence);
    const expected = await bare.promptWithMeta("How is the weather?", new Settings());
    await sequence.clearHistory();
    const { session, inferences, diagnostics } = spied();
    expect(await session.promptWithMeta("How is the weather?", new Settings())).toEqual(expected);
    expect(inferences).toMatchObject([{ toolCalls: 1, parameters: { maxTokens: 60 } }]);
    expect(diagnostics).toEqual([]);
  });
});

test("what the engine refuses is refused with its own words", async () => {
  const refuse = async ({ session }: ReturnType<typeof spied>) => {
    const grammar = await session.model.llama.createGrammar({ grammar: 'root ::= "a"' });
    const functions = { getTime: { handler: () => "noon" } } as unknown as ChatSessionModelFunctions;
    // @ts-expect-error either of them
    return session.prompt("Tell me", { grammar, functions }).catch((error: unknown) => error);
  };
  const observed = spied();
  const error = await refuse(observed);
  expect(error).toBeInstanceOf(Error);
  expect(error).toEqual(await refuse(spied(false)));
  expect(observed.inferences).toMatchObject([{ failure: { type: "invalid_argument" } }]);
});
