import { once } from "node:events";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { EventReader, openStream } from "./event-stream.ts";

export interface Storm {
  /** `/metrics/live` by HTTP/1.1. */
  readonly url: string;
  /** The origin by HTTP/2: there a reader says itself how much it takes. */
  readonly http2: string;
  readonly isOver: () => boolean;
  /** Whether the app stops: who comes then is refused. */
  readonly stops: () => boolean;
  /** Below 1. */
  readonly random: () => number;
}

/** What came of the streams of all readers. */
export interface Tally {
  begun: number;
  /** Of those that take nothing. */
  cut: number;
  /** Those that were told at last that the app stops. */
  told: number;
}

type Reader = (storm: Storm, tally: Tally) => Promise<void>;

/** Stays for up to three seconds, and comes again. @throws where what it is told is no true whole */
const comesAndGoes: Reader = async ({ url, isOver, stops, random }, tally) => {
  while (!isOver() && !stops()) {
    const stream = await openStream(url, {}, false).catch((error: unknown) => {
      if (!stops()) throw error;
    });
    if (stream === undefined || (stops() && stream.status !== 200)) return void stream?.close();
    tally.begun += 1;
    await stream.until(() => true);
    await Promise.race([sleep(random() * 3000), stream.over]);
    if (stream.reader.live?.summary.schema !== 2) throw new Error("what is shown is no summary");
    if (stream.reader.live.summary.state === "draining") tally.told += 1;
    stream.close();
    await stream.over;
  }
};

/** Reads all of it until the end, and shows what the app says. */
const reads: Reader = async ({ url, isOver }, tally) => {
  const stream = await openStream(url, {}, false);
  tally.begun += 1;
  await Promise.race([stream.until(isOver), stream.over]);
  if (stream.reader.live?.summary.state === "draining") tally.told += 1;
  stream.close();
  await stream.over;
};

/** @param window how many bytes may be on their way to the reader: of a network that is full, one */
async function openHttp2(http2: string, window: number) {
  const session = connect(http2, { settings: { initialWindowSize: window } });
  const stream = session.request({ ":path": "/metrics/live" }).pause();
  stream.on("error", () => {});
  session.on("error", () => {});
  await once(stream, "response");
  return { session, stream };
}

/** Takes nothing. */
const takesNothing: Reader = async ({ http2, isOver }, tally) => {
  const { session, stream } = await openHttp2(http2, 1);
  tally.begun += 1;
  // of one that takes nothing there is no event that says it
  while (!isOver() && !stream.closed) await sleep(100);
  if (stream.closed) tally.cut += 1;
  session.destroy();
};

/** Takes all, more slowly than it comes. @throws where a tick comes before a whole */
const takesItsTime: Reader = async ({ http2, isOver }, tally) => {
  const { session, stream } = await openHttp2(http2, 16_000);
  tally.begun += 1;
  const reader = new EventReader(false);
  const gone = once(stream.setEncoding("utf8"), "close");
  while (!isOver() && !stream.closed) {
    const text: string | null = stream.read();
    if (text !== null) reader.push(text);
    await Promise.race([sleep(300), gone]);
  }
  session.destroy();
};

/** In turn, as many of each. */
export const readers: readonly Reader[] = [comesAndGoes, reads, takesNothing, takesItsTime];
