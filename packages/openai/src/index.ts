export type { AnyFetch } from "./fetch/observed-fetch.ts";
export { type FetchingClient, instrumentClient, uninstrument } from "./instrument-client.ts";
export { type ObserveOptions, observeFetch } from "./observe-fetch.ts";
