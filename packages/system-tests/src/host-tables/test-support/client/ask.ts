/** What a client asks for where nothing else is said. */
export const casePath = "/case/7";

/** A request. */
export interface AskOptions {
  readonly method?: string;
  readonly path?: string;
  readonly version?: "1.0" | "1.1";
  readonly headers?: readonly string[];
  readonly body?: string;
}
