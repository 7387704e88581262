import { counts } from "../server/pieces.ts";
import type { Told } from "./ending.ts";

const usage = { prompt: counts.prompt, cached: counts.cached, output: counts.output };

/** It came to its own end in a stream. @param of what differs */
export const streamed = (reason: string, of: Partial<Told> = {}): Told => ({
  ...whole(reason, of),
  first: true,
  ...of,
});

/** It came to its own end in one piece: nothing tells when the first token came. */
export const whole = (reason: string, of: Partial<Told> = {}): Told => ({
  finish: `${reason} ${reason}`,
  ...usage,
  ...of,
});

/** The app left it. */
export const left = (of: Partial<Told> = {}): Told => ({ finish: "aborted", ...of });

export const failed = (error: string, of: Partial<Told> = {}): Told => ({ finish: "error", error, ...of });
