/** fetch itself, and all that can be done with a Response. */
import {
  abortedOnArrival,
  abortIn,
  isWeather,
  leaveIn,
  messages,
  pace,
  readAll,
  readBoth,
  throwIn,
  weather,
} from "./common.mjs";

function requestOf({ options: { n, includeUsage, tools } }, streamed) {
  return {
    model: "tiny",
    messages,
    max_tokens: 3,
    stream: streamed,
    ...(n && { n }),
    ...(tools && { tools: [{ type: "function", function: weather }] }),
    ...(includeUsage && { stream_options: { include_usage: true } }),
  };
}

const post = (app, body, init = {}, path = "/v1/chat/completions") =>
  app.fetch(app.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-canary" },
    body: JSON.stringify(body),
    ...init,
  });

const ask = (app, init) => post(app, requestOf(app, true), init);

const shape = (response) => ({
  isResponse: response instanceof Response,
  status: [response.status, response.statusText, response.ok, response.redirected, response.type],
  url: response.url,
  headers: response.headers,
  isUsed: response.bodyUsed,
});

/** The events of a stream: network chunks are chance. */
async function* linesOf(response) {
  let rest = "";
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + bytes).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.trim() !== "") yield line.length > 500 ? line.length : line;
  }
  if (rest !== "") yield rest;
}

/** Reads until this has come, and leaves the rest to the garbage collector. How many network chunks it takes is chance. */
async function dropAt(sought, response, note) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let isDone = false; !isDone && !text.includes(sought); ) {
    const { done, value } = await reader.read();
    isDone = done;
    text += decoder.decode(value, { stream: true });
  }
  note("came", text.includes(sought));
}

async function read(app, response, meanwhile) {
  app.note("response", shape(response));
  await readAll(linesOf(response), app.note, meanwhile);
  app.note("used", response.bodyUsed);
}

const collect = (name) => async (app) => {
  const response = await ask(app);
  const promise = response[name]();
  app.note("used", response.bodyUsed, promise instanceof Promise);
  const body = await promise;
  const isBytes = body instanceof ArrayBuffer || body instanceof Uint8Array;
  const text = typeof body === "string" ? body : isBytes ? new TextDecoder().decode(body) : await body.text();
  app.note("body", body.constructor.name, body.type, text);
  app.note("again", await response.text().catch(({ name: error, message }) => [error, message]));
};

export const verbs = {
  async whole(app) {
    const response = await post(app, requestOf(app, false));
    app.note("response", shape(response));
    app.note("answer", await response.text(), response.bodyUsed);
  },
  async stream(app) {
    await read(app, await ask(app));
  },
  async slow(app) {
    await read(app, await ask(app), pace);
  },
  async break(app) {
    await leaveIn(linesOf(await ask(app)), app.note);
    await app.left();
  },
  async throw(app) {
    await throwIn(linesOf(await ask(app)), app.note).finally(app.left);
  },
  async abortBefore(app) {
    await ask(app, { signal: abortedOnArrival(app) }).finally(app.left);
  },
  async abortWhole(app) {
    await post(app, requestOf(app, false), { signal: abortedOnArrival(app) }).finally(app.left);
  },
  async abortIn(app) {
    const controller = new AbortController();
    const response = await ask(app, { signal: controller.signal });
    await abortIn(linesOf(response), app.note, () => controller.abort(new RangeError("the app's own"))).finally(
      app.left,
    );
  },
  async abortedFirst(app) {
    await ask(app, { signal: AbortSignal.abort() });
  },
  async timeout(app) {
    await ask(app, { signal: AbortSignal.timeout(150) }).finally(app.left);
  },
  async unread(app) {
    app.note("response", shape(await ask(app)));
  },
  async dropped(app) {
    await dropAt('"content":"Let"', await ask(app), app.note);
  },
  async droppedEarly(app) {
    await dropAt('"role":"assistant"', await ask(app), app.note);
  },
  async two(app) {
    await readBoth(async () => linesOf(await ask(app)), app.note);
  },
  async tools(app) {
    const body = { ...requestOf(app, false), tools: [{ type: "function", function: weather }] };
    const { choices } = await (await post(app, body)).json();
    const [{ message }] = choices;
    app.note("called", message);
    const [{ id, function: called }] = message.tool_calls;
    const content = isWeather(app, JSON.parse(called.arguments));
    const more = [...messages, message, { role: "tool", tool_call_id: id, content }];
    app.note("answer", await (await post(app, { ...body, messages: more })).json());
  },
  async embed(app) {
    const body = { model: "tiny-embedding", input: "Hello" };
    app.note("answer", await (await post(app, body, {}, "/v1/embeddings")).json());
  },
  async completions(app) {
    const body = { model: "tiny", prompt: "The model", max_tokens: 2 };
    app.note("answer", await (await post(app, body, {}, "/v1/completions")).json());
    await read(app, await post(app, { ...body, stream: true }, {}, "/v1/completions"));
  },
  async responses(app) {
    app.note("answer", await (await post(app, { model: "tiny", input: "Hello" }, {}, "/v1/responses")).json());
  },
  async responsesStream(app) {
    await read(app, await post(app, { model: "tiny", input: "Hello", stream: true }, {}, "/v1/responses"));
  },
  async messages(app) {
    const body = { model: "tiny", messages, max_tokens: 3 };
    app.note("answer", await (await post(app, body, {}, "/v1/messages")).json());
    await read(app, await post(app, { ...body, stream: true }, {}, "/v1/messages"));
  },
  async native(app) {
    const body = { prompt: "The model", n_predict: 3 };
    app.note("answer", await (await post(app, body, {}, "/completion")).json());
    await read(app, await post(app, { ...body, stream: true }, {}, "/completion"));
  },
  async rerank(app) {
    const body = { model: "tiny-ranking", query: "Hello", documents: ["one"] };
    app.note("answer", await (await post(app, body, {}, "/v1/rerank")).json());
  },
  text: collect("text"),
  arrayBuffer: collect("arrayBuffer"),
  blob: collect("blob"),
  async json(app) {
    const response = await post(app, requestOf(app, false));
    app.note("answer", await response.json(), response.bodyUsed);
    app.note("again", await response.json().catch(({ name, message }) => [name, message]));
  },
  async clone(app) {
    const response = await ask(app);
    const copy = response.clone();
    app.note("copy", shape(copy), copy.body !== response.body, copy.headers !== response.headers);
    app.note("texts", await Promise.all([copy.text(), response.text()]));
    app.note(
      "again",
      await Promise.resolve()
        .then(() => response.clone())
        .catch(({ name, message }) => [name, message]),
    );
  },
  async tee(app) {
    const response = await ask(app);
    const [one, other] = response.body.tee();
    app.note("locked", response.body.locked, response.bodyUsed);
    app.note("texts", await Promise.all([one, other].map((body) => new Response(body).text())));
  },
  async pipe(app) {
    const response = await ask(app);
    const { readable, writable } = new TransformStream();
    const piped = response.body.pipeTo(writable);
    app.note("text", await new Response(readable).text(), await piped, response.bodyUsed);
  },
  async byob(app) {
    const response = await ask(app);
    const reader = response.body.getReader({ mode: "byob" });
    let text = "";
    for (let view = new Uint8Array(64); ; ) {
      const { done, value } = await reader.read(view);
      if (done) break;
      text += new TextDecoder().decode(value);
      view = new Uint8Array(value.buffer);
    }
    app.note("text", text, await reader.closed);
  },
  async cancel(app) {
    const response = await ask(app);
    app.note("cancelled", await response.body.cancel(new RangeError("the app's own")), response.bodyUsed);
    await app.left();
  },
  async passedOn(app) {
    const response = await ask(app);
    const passed = new Response(response.body, response);
    app.note("passed", shape(passed), await passed.text(), response.bodyUsed);
  },
  async request(app) {
    const init = { method: "POST", body: JSON.stringify(requestOf(app, true)), headers: { "x-own": "1" } };
    const request = new Request(`${app.url}/v1/chat/completions`, init);
    await read(app, await app.fetch(request));
    app.note("request", request.bodyUsed);
  },
  async streamedRequest(app) {
    const body = new Blob([JSON.stringify(requestOf(app, true))]).stream();
    await read(app, await ask(app, { body, duplex: "half" }));
  },
  async cloneInHalf(app) {
    const response = await ask(app);
    const copy = response.clone();
    // a branch's cancellation ends with the other one's
    copy.body.cancel();
    app.note("text", await response.text());
  },
};
