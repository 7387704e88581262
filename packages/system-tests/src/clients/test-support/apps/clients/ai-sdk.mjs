/** The AI SDK, whatever its provider. */
import { embed, generateText, Output, stepCountIs, streamText, tool } from "ai";
import * as z from "zod";
import {
  abortedOnArrival,
  abortIn,
  dropAfter,
  isWeather,
  leaveIn,
  pace,
  readAll,
  readBoth,
  throwIn,
} from "./common.mjs";

const askOf = ({ options: { maxRetries = 0, tools }, note }) => ({
  prompt: "Hello, canary",
  maxOutputTokens: 3,
  maxRetries,
  ...(tools && { tools: { weather: toolOf({ note }) } }),
});

function toolOf(app) {
  const inputSchema = z.object({ city: z.string() });
  return tool({ description: "The weather of a city", inputSchema, execute: async (input) => isWeather(app, input) });
}

/** What an app reads of an answer, without what the SDK makes up: ids and times. */
const factsOf = ({ text, reasoningText, finishReason, rawFinishReason, usage, toolCalls, toolResults }) => ({
  text,
  reasoningText,
  finishReason,
  rawFinishReason,
  usage,
  toolCalls,
  toolResults,
});

export function verbsOf({ modelOf, embeddingModelOf }) {
  const stream = (app, more = {}) => streamText({ model: modelOf(app), ...askOf(app), ...more });
  const finals = async (app, result) => {
    const names = ["text", "reasoningText", "finishReason", "usage", "toolCalls"];
    const values = await Promise.allSettled(names.map((name) => result[name]));
    app.note("finals", Object.fromEntries(names.map((name, at) => [name, values[at].value ?? values[at].reason])));
  };

  return {
    async whole(app) {
      app.note("answer", factsOf(await generateText({ model: modelOf(app), ...askOf(app) })));
    },
    async stream(app) {
      const result = stream(app);
      await readAll(result.fullStream, app.note);
      await finals(app, result);
    },
    async slow(app) {
      await readAll(stream(app).textStream, app.note, pace);
    },
    async break(app) {
      await leaveIn(stream(app).textStream, app.note);
      await app.left();
    },
    async throw(app) {
      await throwIn(stream(app).textStream, app.note).finally(app.left);
    },
    async abortBefore(app) {
      await readAll(stream(app, { abortSignal: abortedOnArrival(app) }).fullStream, app.note).finally(app.left);
    },
    async abortWhole(app) {
      const ask = { model: modelOf(app), ...askOf(app), abortSignal: abortedOnArrival(app) };
      await generateText(ask).finally(app.left);
    },
    async abortIn(app) {
      const controller = new AbortController();
      const { textStream } = stream(app, { abortSignal: controller.signal });
      await abortIn(textStream, app.note, () => controller.abort()).finally(app.left);
    },
    async timeout(app) {
      await generateText({ model: modelOf(app), ...askOf(app), timeout: 150 }).finally(app.left);
    },
    async unread(app) {
      stream(app);
      await app.arrived();
    },
    async dropped(app) {
      await dropAfter(1, stream(app).textStream, app.note);
    },
    async two(app) {
      const model = modelOf(app);
      await readBoth(async () => streamText({ model, ...askOf(app) }).textStream, app.note);
    },
    async tools(app) {
      const ask = { model: modelOf(app), ...askOf(app), tools: { weather: toolOf(app) }, stopWhen: stepCountIs(3) };
      app.note("answer", factsOf(await generateText(ask)));
    },
    async embed(app) {
      const { embedding, usage } = await embed({ model: embeddingModelOf(app), value: "Hello", maxRetries: 0 });
      app.note("answer", embedding, usage);
    },
    async object(app) {
      const output = Output.object({ schema: z.object({ city: z.string() }) });
      app.note("answer", (await generateText({ model: modelOf(app), ...askOf(app), output })).output);
    },
    async textResponse(app) {
      const response = stream(app).toTextStreamResponse();
      app.note("response", response.status, response.headers, await response.text());
    },
    async messageResponse(app) {
      const response = stream(app).toUIMessageStreamResponse();
      app.note("response", response.status, response.headers, await response.text());
    },
    async tee(app) {
      const result = stream(app);
      await readAll(result.textStream, app.note);
      await readAll(result.textStream, app.note);
      await finals(app, result);
    },
    async consume(app) {
      const result = stream(app);
      await result.consumeStream();
      await finals(app, result);
    },
  };
}
