/** Ollama's own client. */
import { Ollama } from "ollama";
import {
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

const open = ({ url, dress }) => dress(new Ollama({ host: url }));

const requestOf = ({ options: { tools } }) => ({
  model: "tiny",
  messages,
  options: { num_predict: 3 },
  ...(tools && { tools: [{ type: "function", function: weather }] }),
});

const stream = (app, client = open(app)) => client.chat({ ...requestOf(app), stream: true });

export const verbs = {
  async whole(app) {
    app.note("answer", await open(app).chat(requestOf(app)));
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
  async abortIn(app) {
    const chunks = await stream(app);
    await abortIn(chunks, app.note, () => chunks.abort()).finally(app.left);
  },
  async abortAll(app) {
    const client = open(app);
    const chunks = await stream(app, client);
    await abortIn(chunks, app.note, () => client.abort()).finally(app.left);
  },
  async unread(app) {
    await stream(app);
    app.note("left unread");
  },
  async dropped(app) {
    await dropAfter(1, await stream(app), app.note);
  },
  async two(app) {
    const client = open(app);
    await readBoth(() => stream(app, client), app.note);
  },
  async tools(app) {
    const client = open(app);
    const ask = { ...requestOf(app), tools: [{ type: "function", function: weather }] };
    const { message } = await client.chat(ask);
    app.note("called", message);
    const content = isWeather(app, message.tool_calls[0].function.arguments);
    const more = [...messages, message, { role: "tool", content, tool_name: "weather" }];
    app.note("answer", await client.chat({ ...ask, messages: more }));
  },
  async embed(app) {
    app.note("answer", await open(app).embed({ model: "tiny-embedding", input: "Hello" }));
  },
  async completions(app) {
    const client = open(app);
    const ask = { model: "tiny", prompt: "The model" };
    app.note("answer", await client.generate(ask));
    await readAll(await client.generate({ ...ask, stream: true }), app.note);
  },
};
