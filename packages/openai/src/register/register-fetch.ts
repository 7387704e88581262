import { type AnyFetch, isObserved, isPreloaded, observedFetch } from "../fetch/observed-fetch.ts";
import { checkedScope } from "../observe-fetch.ts";
import { allowedUrls } from "./settings.ts";

/**
 * Lets every call of the global `fetch` to an allowed model server be observed, by the instance that is the default then. Clients that are made
 * afterwards take it. A setting that cannot be used is a warning: the app runs, unobserved.
 */
export function registerFetch(): void {
  try {
    const global = Object.getOwnPropertyDescriptor(globalThis, "fetch");
    const original: unknown = global?.value;
    if (typeof original !== "function") throw new Error("there is no global fetch");
    if (isObserved(original) || isPreloaded()) return;
    const scope = checkedScope({}, "register", allowedUrls());
    const value = observedFetch(original as AnyFetch, scope);
    Object.defineProperty(globalThis, "fetch", { ...global, value });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`@aiwatch/openai/register observes nothing: ${reason}`, {
      type: "AiwatchWarning",
      code: "AIWATCH_REGISTER",
    });
  }
}
