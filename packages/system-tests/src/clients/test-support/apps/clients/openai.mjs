/** The openai client, of either major. */
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { Stream } from "openai/streaming";
import * as z from "zod";
import {
  abortedOnArrival,
  abortIn,
  dropAfter,
  isWeather,
  leaveIn,
  messages,
  pace,
  readAll,
  readBoth,
  throwIn,
  weather,
} from "./common.mjs";

/** A peer's layer may bring the class that it patched. */
function open({ url, dress, options, OpenAI: Client = OpenAI }) {
  const { maxRetries = 0, timeout = 20_000 } = options;
  return dress(new Client({ baseURL: `${url}/v1`, apiKey: "sk-canary", maxRetries, timeout }));
}

const requestOf = ({ options: { n, includeUsage, tools } }) => ({
  model: "tiny",
  messages,
  max_tokens: 3,
  ...(n && { n }),
  ...(tools && { tools: [{ type: "function", function: weather }] }),
  ...(includeUsage && { stream_options: { include_usage: true } }),
});

const stream = (app, more = {}) => open(app).chat.completions.create({ ...requestOf(app), stream: true }, more);

export const verbs = {
  async whole(app) {
    const completion = await open(app).chat.completions.create(requestOf(app));
    app.note("answer", completion, completion._request_id);
  },
  async stream(app) {
    await readAll(await stream(app), app.note);
  },
  async slow(app) {
    await readAll(await stream(app), app.note, pace);
  },
  async break(app) {
    const chunks = await stream(app);
    await leaveIn(chunks, app.note);
    await app.left();
    app.note("aborted", chunks.controller.signal.aborted);
  },
  async throw(app) {
    await throwIn(await stream(app), app.note).finally(app.left);
  },
  async abortBefore(app) {
    await stream(app, { signal: abortedOnArrival(app) }).finally(app.left);
  },
  async abortIn(app) {
    const controller = new AbortController();
    const chunks = await stream(app, { signal: controller.signal });
    await abortIn(chunks, app.note, () => controller.abort()).finally(app.left);
  },
  async abortWhole(app) {
    const answer = open(app).chat.completions.create(requestOf(app), { signal: abortedOnArrival(app) });
    await answer.finally(app.left);
  },
  async timeout(app) {
    await stream({ ...app, options: { ...app.options, timeout: 150 } }).finally(app.left);
  },
  async unread(app) {
    const response = await stream(app).asResponse();
    app.note("status", response.status, response.bodyUsed);
  },
  async dropped(app) {
    await dropAfter(2, await stream(app), app.note);
  },
  async droppedEarly(app) {
    await dropAfter(1, await stream(app), app.note);
  },
  async two(app) {
    const client = open(app);
    await readBoth(() => client.chat.completions.create({ ...requestOf(app), stream: true }), app.note);
  },
  async tools(app) {
    const run = (name) => isWeather(app, name);
    const definition = { ...weather, function: run, parse: JSON.parse };
    const runner = open(app).chat.completions.runTools({
      ...requestOf(app),
      stream: app.options.streamed === true,
      tools: [{ type: "function", function: definition }],
    });
    app.note("answer", await runner.finalContent(), runner.messages);
  },
  async embed(app) {
    app.note("answer", await open(app).embeddings.create({ model: "tiny-embedding", input: "Hello" }));
  },
  async completions(app) {
    const ask = { model: "tiny", prompt: "The model", max_tokens: 2 };
    app.note("answer", await open(app).completions.create(ask));
    await readAll(await open(app).completions.create({ ...ask, stream: true }), app.note);
  },
  async responses(app) {
    app.note("answer", await open(app).responses.create({ model: "tiny", input: "Hello" }));
  },
  async responsesStream(app) {
    await readAll(await open(app).responses.create({ model: "tiny", input: "Hello", stream: true }), app.note);
  },
  async responsesHelper(app) {
    const events = open(app).responses.stream({ model: "tiny", input: "Hello" });
    await readAll(events, app.note);
    app.note("final", await events.finalResponse());
  },
  async streamHelper(app) {
    const runner = open(app).chat.completions.stream({ ...requestOf(app), stream_options: { include_usage: true } });
    for (const name of ["connect", "content", "finalContent", "finalMessage", "totalUsage", "end", "error", "abort"]) {
      runner.on(name, (...said) => app.note(name, ...said));
    }
    await readAll(runner, app.note);
    app.note("final", await runner.finalChatCompletion(), await runner.totalUsage(), runner.ended, runner.errored);
  },
  async streamHelperBreak(app) {
    const runner = open(app).chat.completions.stream(requestOf(app));
    await leaveIn(runner, app.note);
    await app.left();
    app.note("aborted", runner.aborted, runner.controller.signal.aborted);
  },
  async parse(app) {
    const format = zodResponseFormat(z.object({ city: z.string() }), "place");
    const completion = await open(app).chat.completions.parse({ ...requestOf(app), response_format: format });
    app.note("answer", completion, completion.choices[0].message.parsed);
  },
  async withResponse(app) {
    const { data, response, request_id } = await stream(app).withResponse();
    app.note("response", response instanceof Response, response.status, response.url, response.headers, request_id);
    await readAll(data, app.note);
    const whole = await open(app).chat.completions.create(requestOf(app)).withResponse();
    app.note("answer", whole.data, whole.response.bodyUsed, whole.response.headers);
  },
  async asResponse(app) {
    const response = await stream(app).asResponse();
    app.note("response", response instanceof Response, response.ok, response.redirected, response.type, response.url);
    app.note("answer", await response.text(), response.bodyUsed);
  },
  async clone(app) {
    const response = await open(app).chat.completions.create(requestOf(app)).asResponse();
    const copy = response.clone();
    app.note("copy", copy instanceof Response, await copy.json(), copy.bodyUsed, response.bodyUsed);
    app.note("original", await response.json(), response.bodyUsed);
  },
  async tee(app) {
    const [one, other] = (await stream(app)).tee();
    await readAll(one, app.note);
    await readAll(other, app.note);
  },
  async toReadableStream(app) {
    const lines = (await stream(app)).toReadableStream();
    await readAll(Stream.fromReadableStream(lines, new AbortController()), app.note);
  },
};
