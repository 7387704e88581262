export { handleSignals } from "./handle-signals.ts";
export type { SignalOptions } from "./options.ts";
