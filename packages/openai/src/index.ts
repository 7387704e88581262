export type { AnyFetch } from "./fetch/observed-fetch.ts";
export { type FetchingClient, instrumentClient, uninstrument } from "./instrument-client.ts";
export { observeFetch } from "./observe-fetch.ts";
export type { ObserveOptions } from "./options.ts";
