/** A layer of somebody else's, whose spans are the app's. */
import { beginTrace, until } from "./in-memory.mjs";

/** @param dress what it makes of a client @default it patched the client's class */
export const peerLayer =
  (dress = (client) => client) =>
  (slug, expected) => {
    const { run, spans } = beginTrace(slug);
    const settled = () => until(() => spans().length >= expected, 400);
    return { fetch: globalThis.fetch, dress, run, settled, told: () => ({ slug, spans: spans() }) };
  };
