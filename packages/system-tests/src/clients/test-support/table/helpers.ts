/** What clients have beside asking and reading: each must give what it gives bare. */
import { finish, sentinel, text } from "../server/pieces.ts";
import type { ClientName } from "./clients.ts";
import type { Ending } from "./ending.ts";
import { callsWeather, complete, hangs, says } from "./scripts.ts";
import { left, streamed, whole } from "./told.ts";

const openai: readonly ClientName[] = ["openai 6", "openai 7"];
const aiSdk: readonly ClientName[] = ["AI SDK, openai-compatible", "AI SDK, openai", "AI SDK, ollama"];
const langChain: readonly ClientName[] = ["LangChain, openai", "LangChain, ollama"];

const place = says([text('{"city":'), text('"Rome"}'), finish("stop", { output: 2 }), sentinel]);
const inStream = [streamed("length")];

/** A helper that reads the whole of one stream. */
const reads = (verb: string, name: string, only: readonly ClientName[]): Ending => ({
  name,
  verb,
  only,
  play: complete,
  told: inStream,
});

const ofOpenai: readonly Ending[] = [
  reads("streamHelper", ".stream()", openai),
  {
    ...reads("streamHelperBreak", ".stream(), left by a break", openai),
    play: hangs,
    told: [left({ first: true, output: "some" })],
  },
  { ...reads("parse", ".parse()", openai), play: place, told: [whole("stop", { output: 2 })] },
  { ...reads("withResponse", ".withResponse()", openai), told: [streamed("length"), whole("length")] },
  reads("asResponse", ".asResponse()", openai),
  { ...reads("clone", ".asResponse(), and a clone of it", openai), told: [whole("length")] },
  reads("tee", "tee()", openai),
  reads("toReadableStream", "toReadableStream()", openai),
  {
    ...reads("tools", "runTools(), streamed", openai),
    options: { streamed: true },
    play: callsWeather,
    told: [streamed("tool_calls", { output: 12, toolCalls: 1 }), streamed("stop", { output: 2, prompt: 30 })],
  },
  { ...reads("responsesHelper", "responses.stream()", openai), told: [streamed("stop", { finish: "stop completed" })] },
];

const ofFetch: readonly Ending[] = [
  ...["text", "arrayBuffer", "blob"].map((name) => reads(name, `${name}()`, ["fetch"])),
  { ...reads("json", "json()", ["fetch"]), told: [whole("length")] },
  reads("clone", "clone(), both read", ["fetch"]),
  reads("cloneInHalf", "clone(), one of them cancelled", ["fetch"]),
  reads("tee", "body.tee()", ["fetch"]),
  reads("pipe", "body.pipeTo()", ["fetch"]),
  reads("byob", "a reader with buffers of its own", ["fetch"]),
  reads("passedOn", "new Response(response.body)", ["fetch"]),
  reads("request", "a Request", ["fetch"]),
  // its body is not at hand when the span begins, and is no JSON that could be read beside the app
  {
    ...reads("streamedRequest", "a request whose body is a stream", ["fetch"]),
    told: [streamed("length", { named: "unknown" })],
  },
  { ...reads("cancel", "body.cancel()", ["fetch"]), play: hangs, told: [left()] },
  { ...reads("abortedFirst", "a signal that is aborted already", ["fetch"]), told: [left({ served: false })] },
];

const ofOthers: readonly Ending[] = [
  {
    ...reads("abortAll", "abort() of the client", ["ollama"]),
    play: hangs,
    told: [left({ first: true, output: "some" })],
  },
  { ...reads("object", "Output.object()", aiSdk), play: place, told: [whole("stop", { output: 2 })] },
  reads("textResponse", "toTextStreamResponse()", aiSdk),
  reads("messageResponse", "toUIMessageStreamResponse()", aiSdk),
  reads("tee", "a result read twice", aiSdk),
  reads("consume", "consumeStream()", aiSdk),
  { ...reads("parse", "withStructuredOutput()", langChain), play: place, told: [whole("stop", { output: 2 })] },
  reads("events", "streamEvents()", langChain),
  { ...reads("batch", "batch()", langChain), told: [whole("length"), whole("length")] },
];

export const helpers: readonly Ending[] = [...ofOpenai, ...ofFetch, ...ofOthers];
