import { once } from "node:events";
import { Agent, get, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type LiveSummary, type LiveTick, withTick } from "@aiwatch/core/live-schema";

export interface StreamEvent {
  readonly event: string;
  readonly data: LiveSummary | LiveTick;
}

/** Reads the text of a stream as a page does. */
export class EventReader {
  readonly events: StreamEvent[] = [];
  /** The lines that are of no event: `retry: …`, and comments. */
  readonly others: string[] = [];
  /** What the page shows. */
  live: LiveSummary | undefined;
  readonly #keepsEvents: boolean;
  #rest = "";

  constructor(keepsEvents = true) {
    this.#keepsEvents = keepsEvents;
  }

  /** @throws Error where a tick comes before any summary, or an event that is none of the two */
  push(text: string): void {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#block(block.split("\n"));
  }

  #block(lines: readonly string[]): void {
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const [event, json] = [field("event"), field("data")];
    if (event === undefined || json === undefined) return void this.others.push(...lines);
    const data = JSON.parse(json);
    if (event === "summary") this.live = data;
    else if (event === "tick" && this.live !== undefined) this.live = withTick(this.live, data);
    else throw new Error(`the event ${event} in place of a summary`);
    if (this.#keepsEvents) this.events.push({ event, data });
  }
}

/** A stream on a connection of its own. */
export interface OpenStream {
  readonly reader: EventReader;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Resolves with what the page shows when that is so. */
  until(isSo: (live: LiveSummary) => boolean): Promise<LiveSummary>;
  /** Resolves when the stream is closed, with whether the server ended it whole. */
  readonly over: Promise<boolean>;
  close(): void;
}

/** @param keepsEvents whether its reader keeps them. @default true */
export async function openStream(
  url: string,
  headers: Record<string, string> = {},
  keepsEvents = true,
): Promise<OpenStream> {
  // as a browser does, it would keep the connection
  const agent = new Agent({ keepAlive: true });
  const request = get(url, { headers, agent });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const reader = new EventReader(keepsEvents);
  // a stream that is closed by its reader is an error to it
  request.on("error", () => {});
  response.on("error", () => {});
  response.setEncoding("utf8").on("data", (text: string) => reader.push(text));
  return {
    reader,
    status: response.statusCode ?? 0,
    headers: response.headers,
    async until(isSo) {
      while (reader.live === undefined || !isSo(reader.live)) await new Promise((resolve) => setTimeout(resolve, 10));
      return reader.live;
    },
    over: new Promise((resolve) => response.once("close", () => resolve(response.complete))),
    close: () => void request.destroy(),
  };
}
