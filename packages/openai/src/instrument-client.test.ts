import { createTestAiwatch } from "@aiwatch/core/testing";
import { describe, expect, it, test } from "vitest";
import { instrumentClient, uninstrument } from "./instrument-client.ts";
import { observeFetch } from "./observe-fetch.ts";
import { modelServer, plays } from "./test-support/model-server.ts";

/** As the clients of openai and ollama keep it: a field of the client's own, which copies are given. */
class Client {
  fetch: typeof fetch;

  constructor(options: { fetch?: typeof fetch } = {}) {
    this.fetch = options.fetch ?? fetch;
  }

  withOptions(): Client {
    return new Client({ fetch: this.fetch });
  }

  async ask(url: string): Promise<string> {
    const body = JSON.stringify({ model: "tiny" });
    return (await this.fetch.call(undefined, `${url}/v1/chat/completions`, { method: "post", body })).text();
  }
}

async function ask(...clients: readonly Client[]): Promise<void> {
  const server = await modelServer(plays("llama-server/chat"));
  for (const client of clients) await client.ask(server.url);
  await server.close();
}

test("a client and its copies are observed, each call once, until it is undone", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const client = new Client();
  const { fetch: own } = client;
  expect(instrumentClient(client, { aiwatch })).toBe(client);
  expect(instrumentClient(client, { aiwatch, model: "other" })).toBe(client);
  const copy = instrumentClient(client.withOptions(), { aiwatch });
  await ask(client, copy);
  expect(inferences.map(({ model }) => model)).toEqual(["tiny-chat-5984d345f535", "tiny-chat-5984d345f535"]);
  uninstrument(client);
  uninstrument(client);
  expect(client.fetch).toBe(own);
  await ask(client);
  expect(inferences).toHaveLength(2);
});

test("a fetch that somebody put there after us stays", () => {
  const client = instrumentClient(new Client(), { aiwatch: createTestAiwatch().aiwatch });
  const theirs: typeof fetch = async () => new Response();
  client.fetch = theirs;
  uninstrument(client);
  expect(client.fetch).toBe(theirs);
});

test("options name the model and the provider, unless the answer shows it", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const options = { aiwatch, model: "helper", provider: "vllm", forReader: false };
  await ask(instrumentClient(new Client(), options));
  expect(inferences).toMatchObject([{ model: "helper", requestedModel: "tiny", provider: "llama.cpp" }]);
});

test("where AIWatch is disabled nothing is observed", async () => {
  const { aiwatch, inferences } = createTestAiwatch({ disabled: true });
  await ask(instrumentClient(new Client(), { aiwatch }));
  expect(inferences).toEqual([]);
});

describe("what cannot be used says what is wrong, and what to do", () => {
  const { aiwatch } = createTestAiwatch();

  it.each([
    [null, "null"],
    [{}, "a plain object"],
    [{ fetch: 5 }, "a plain object"],
    [new (class LangChain {})(), "a LangChain"],
    [Promise.resolve(), "a Promise: did you forget `await`?"],
  ])("as a client: %s", (client, shown) => {
    expect(() => instrumentClient(client as object, { aiwatch })).toThrowError(
      expect.objectContaining({
        code: "AIWATCH_INVALID_ARGUMENT",
        message: `instrumentClient() received ${shown}, expected a client with a fetch of its own, such as new OpenAI() or new Ollama(); for others give them a fetch that observes: new Client({ fetch: observeFetch(fetch) })`,
      }),
    );
  });

  it.each([
    [{ model: "" }, 'the option model of observeFetch() is "", expected a name; leave it out to use the server\'s own'],
    [
      { provider: 5 },
      "the option provider of observeFetch() is 5, expected a name; leave it out to use the server's own",
    ],
    [{ forReader: "no" }, 'the option forReader of observeFetch() is "no", expected true or false'],
    [{ includeUsage: 1 }, "the option includeUsage of observeFetch() is 1, expected true or false"],
    [{ idleMs: 0 }, "the option idleMs of observeFetch() is 0, expected milliseconds from 1 to 2147483647"],
    [
      { idleMs: Number.POSITIVE_INFINITY },
      "the option idleMs of observeFetch() is Infinity, expected milliseconds from 1 to 2147483647",
    ],
    [{ aiwatch: {} }, "the instance is an object, expected what createAiwatch() returns"],
    [5, "the options of observeFetch() is 5, expected an object, such as { aiwatch }"],
  ])("as options: %j", (options, message) => {
    expect(() => observeFetch(fetch, options as never)).toThrowError(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }),
    );
  });

  it("as a fetch", () => {
    expect(() => observeFetch(undefined as never)).toThrowError(
      "the first argument of observeFetch() is undefined, expected a function like fetch",
    );
  });
});
