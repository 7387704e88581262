/** LangChain, whatever its model. */
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
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

const prompt = "Hello, canary";

/** Without the tables that its classes carry. */
const factsOf = ({ content, tool_calls, usage_metadata, response_metadata, additional_kwargs }) => ({
  content,
  tool_calls,
  usage_metadata,
  response_metadata,
  additional_kwargs,
});

const weatherOf = (app) =>
  tool(async (input) => isWeather(app, input), {
    name: "weather",
    description: "The weather of a city",
    schema: z.object({ city: z.string() }),
  });

export function verbsOf({ modelOf, embeddingsOf }) {
  const bound = (app) => (app.options.tools ? modelOf(app).bindTools([weatherOf(app)]) : modelOf(app));
  const stream = async (app, more) => mapped(await bound(app).stream(prompt, more));

  return {
    async whole(app) {
      app.note("answer", factsOf(await bound(app).invoke(prompt)));
    },
    async stream(app) {
      await readAll(await stream(app), app.note);
    },
    async slow(app) {
      await readAll(await stream(app), app.note, pace);
    },
    async break(app) {
      await leaveIn(await stream(app), app.note);
      await app.left();
    },
    async throw(app) {
      await throwIn(await stream(app), app.note).finally(app.left);
    },
    async abortBefore(app) {
      const read = async () => readAll(await stream(app, { signal: abortedOnArrival(app) }), app.note);
      await read().finally(app.left);
    },
    async abortWhole(app) {
      await modelOf(app)
        .invoke(prompt, { signal: abortedOnArrival(app) })
        .finally(app.left);
    },
    async abortIn(app) {
      const controller = new AbortController();
      const chunks = await stream(app, { signal: controller.signal });
      await abortIn(chunks, app.note, () => controller.abort()).finally(app.left);
    },
    async timeout(app) {
      await modelOf(app).invoke(prompt, { timeout: 150 }).finally(app.left);
    },
    async unread(app) {
      await modelOf(app).stream(prompt);
      app.note("left unread");
    },
    async dropped(app) {
      await dropAfter(1, await stream(app), app.note);
    },
    async two(app) {
      const model = modelOf(app);
      await readBoth(async () => mapped(await model.stream(prompt)), app.note);
    },
    async tools(app) {
      const weather = weatherOf(app);
      const model = modelOf(app).bindTools([weather]);
      const called = await model.invoke(prompt);
      app.note("called", factsOf(called));
      const [{ args, id }] = called.tool_calls;
      const answer = new ToolMessage({ content: await weather.invoke(args), tool_call_id: id ?? "call_0" });
      app.note("answer", factsOf(await model.invoke([new HumanMessage(prompt), called, answer])));
    },
    async embed(app) {
      app.note("answer", await embeddingsOf(app).embedQuery("Hello"));
    },
    async parse(app) {
      const model = modelOf(app).withStructuredOutput(z.object({ city: z.string() }), { method: "jsonMode" });
      app.note("answer", await model.invoke(prompt));
    },
    async events(app) {
      const events = modelOf(app).streamEvents(prompt, { version: "v2" });
      for await (const { event, data } of events) app.note("event", event, data.chunk && factsOf(data.chunk));
    },
    async batch(app) {
      app.note("answers", (await modelOf(app).batch([prompt, prompt])).map(factsOf));
    },
  };
}

/** Its own stream is kept: who leaves this one leaves that, too. */
async function* mapped(chunks) {
  for await (const chunk of chunks) yield factsOf(chunk);
}
