import type { RequestParameters, ServerAddress } from "@aiwatch/core";
import { defined, isObject, numberAt, serverKey, valueAt } from "@aiwatch/core/adapter";
import { countAt, textAt } from "../answers/figures.ts";
import { type Api, apiAt } from "./apis.ts";

/** Where a URL leads that makes a model work. */
interface Endpoint {
  readonly api: Api;
  readonly url: URL;
  /** What tells the server apart. */
  readonly server: string;
  readonly address: ServerAddress;
}

/** A call of `fetch` that makes a model work. */
export interface ModelCall extends Endpoint {
  /** The request's body, where it is JSON that is at hand. */
  readonly body: object | undefined;
  /** The model that it names. */
  readonly requested: string | undefined;
  readonly parameters: RequestParameters;
  /** How many choices it asks for, of all prompts. */
  readonly choices: number;
  /** Whether it holds several prompts. */
  readonly hasPrompts: boolean;
  /** How many attempts came before, where the client says it. */
  readonly attempt: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** A request whose body has to be read for the model's name. */
  readonly request: Request | undefined;
}

/** The arguments of a call of `fetch`. */
export type FetchArguments = readonly [input?: unknown, init?: unknown, ...rest: unknown[]];

/** @returns undefined for a call that makes no model work */
export function modelCallOf([input, init]: FetchArguments): ModelCall | undefined {
  const request = isRequest(input) ? input : undefined;
  const endpoint = endpointAt(request?.url ?? input);
  if (endpoint === undefined || !isPost(valueAt(init, "method") ?? request?.method)) return undefined;
  const { api, url, server, address } = endpoint;
  const signal = valueAt(init, "signal");
  const body = bodyOf(valueAt(init, "body"));
  if (body !== undefined && onlyLoads(body, api)) return undefined;
  return {
    api,
    url,
    server,
    address,
    ...askedBy(body, api),
    attempt: attemptOf(valueAt(init, "headers") ?? request?.headers),
    signal: [signal === undefined ? request?.signal : signal].find(isSignal),
    request: request !== undefined && isReadable(request, init) ? request : undefined,
  };
}

function isPost(method: unknown): boolean {
  return typeof method === "string" && method.toUpperCase() === "POST";
}

function onlyLoads(body: object, { promptAt }: Api): boolean {
  if (promptAt === undefined) return false;
  const prompt: unknown = Reflect.get(body, promptAt);
  return prompt === undefined || prompt === "" || (Array.isArray(prompt) && prompt.length === 0);
}

/** Whether the body that is sent is the request's own, and nobody has read it. */
function isReadable({ body, bodyUsed }: Request, init: unknown): boolean {
  return (valueAt(init, "body") ?? undefined) === undefined && body !== null && !bodyUsed;
}

/** What a body asks for. */
function askedBy(body: object | undefined, api: Api) {
  if (body === undefined) return { body, requested: undefined, parameters: {}, choices: 1, hasPrompts: false };
  const prompts = promptsIn(body);
  return {
    body,
    requested: textAt(body, "model"),
    parameters: parametersOf(body, api),
    choices: Math.max(1, countAt(body, "n") ?? countAt(body, "n_cmpl") ?? 1) * prompts,
    hasPrompts: prompts > 1,
  };
}

/** A list of numbers is the tokens of one. */
function promptsIn(body: object): number {
  const prompt = valueAt(body, "prompt");
  return Array.isArray(prompt) && typeof prompt[0] !== "number" ? Math.max(1, prompt.length) : 1;
}

/** By what is used of it: an app may have a `fetch` of another implementation, with its own classes. */
function isRequest(input: unknown): input is Request {
  return typeof valueAt(input, "url") === "string" && typeof valueAt(input, "clone") === "function";
}

function isSignal(signal: unknown): signal is AbortSignal {
  return typeof valueAt(signal, "aborted") === "boolean" && typeof valueAt(signal, "addEventListener") === "function";
}

/** How many are kept, and of what length: a client calls the same few again and again, and a gateway's may have an id in each. */
const maxEndpoints = 100;
const longestKept = 500;

/** By their URL. */
const endpoints = new Map<string, Endpoint>();

function endpointAt(input: unknown): Endpoint | undefined {
  // by what is used of it: a URL may be of another class
  const text = typeof input === "string" ? input : valueAt(input, "href");
  if (typeof text !== "string") return undefined;
  const known = endpoints.get(text);
  if (known !== undefined) return known;
  if (text.length > longestKept) return endpointOf(text);
  // the app's text may be a piece of a long one, which a URL made of it holds
  const own = Buffer.from(text).toString();
  const endpoint = endpointOf(own);
  if (endpoint === undefined || holdsSecrets(endpoint.url)) return endpoint;
  if (endpoints.size >= maxEndpoints) endpoints.clear();
  endpoints.set(own, endpoint);
  return endpoint;
}

/** As far as can be told: a query may have a key. */
function holdsSecrets({ search, username, password }: URL): boolean {
  return search !== "" || username !== "" || password !== "";
}

function endpointOf(text: string): Endpoint | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const api = url === undefined ? undefined : apiAt(url.pathname);
  if (url === undefined || api === undefined) return undefined;
  return { api, url, server: serverKey(url), address: addressOf(url) };
}

function addressOf({ hostname, port, protocol }: URL): ServerAddress {
  const ports: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };
  const known = port === "" ? ports[protocol] : Number(port);
  return { address: hostname.replace(/^\[|\]$/g, ""), ...(known !== undefined && { port: known }) };
}

function bodyOf(body: unknown): object | undefined {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
  return typeof text === "string" ? jsonObjectOf(text) : undefined;
}

/** @returns undefined for what is no JSON of an object */
export function jsonObjectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What the request asks for, without content. Ollama's own API has most of it below `options`. */
function parametersOf(body: object, api: Api): RequestParameters {
  const options: unknown = Reflect.get(body, "options");
  const read = (...names: readonly string[]) => {
    for (const holder of [body, options]) {
      if (!isObject(holder)) continue;
      for (const name of names) {
        const value = numberAt(holder, name);
        if (value !== undefined) return value;
      }
    }
    return undefined;
  };
  const stream: unknown = Reflect.get(body, "stream") ?? (api.streamsLines === true ? true : undefined);
  return defined<RequestParameters>({
    maxTokens: read("max_tokens", "max_completion_tokens", "max_output_tokens", "n_predict", "num_predict"),
    temperature: read("temperature"),
    topP: read("top_p"),
    topK: read("top_k"),
    seed: read("seed"),
    stream: typeof stream === "boolean" ? stream : undefined,
  });
}

/** openai's client counts its retries in a header. */
const retryHeader = "x-stainless-retry-count";

function attemptOf(headers: unknown): number | undefined {
  const text = headerOf(headers, retryHeader);
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

/** A header of whatever `fetch` takes as headers. */
export function headerOf(headers: unknown, wanted: string): string | undefined {
  if (!isObject(headers)) return undefined;
  const get = valueAt(headers, "get");
  // of whichever class
  if (typeof get === "function") return textOf(Reflect.apply(get, headers, [wanted]));
  const entries: readonly unknown[] = Array.isArray(headers) ? headers : Object.entries(headers);
  for (const entry of entries) {
    const [name, value]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof name === "string" && name.toLowerCase() === wanted) return String(value);
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
