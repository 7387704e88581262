import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  connect,
  type OutgoingHttpHeaders,
} from "node:http2";
import { casePath } from "./ask.ts";
import type { Cues } from "./raw-client.ts";

const patienceMs = 4000;

/** A client of HTTP/2 that writes down each frame that means something. */
export class Http2Client implements Cues {
  readonly session: ClientHttp2Session;
  readonly mark: Cues["mark"];
  readonly cue: Cues["cue"];
  readonly #lines: string[] = [];
  readonly #bodies = new Map<string, string>();
  readonly #closed = new WeakSet<object>();

  private constructor(session: ClientHttp2Session, cues: Cues) {
    this.session = session;
    this.mark = (name) => cues.mark(name);
    this.cue = (name) => cues.cue(name);
    session.on("error", (error) => this.#lines.push(`session error ${codeOf(error)}`));
    session.on("goaway", (code) => this.#lines.push(`goaway ${code}`));
    session.on("stream", (stream, headers, _flags, ...raw: unknown[]) => {
      const path = headers[":path"];
      this.#lines.push(`push ${path} ${shown(raw[0])}`);
      this.#watch(stream, `push ${path}`);
    });
  }

  static async open(port: number, cues: Cues): Promise<Http2Client> {
    const session = connect(`http://127.0.0.1:${port}`);
    const client = new Http2Client(session, cues);
    await once(session, "connect");
    return client;
  }

  /** What was answered so far, a stream's body as one text. */
  get wire(): string {
    const bodies = [...this.#bodies].map(([name, body]) => `${name} body ${JSON.stringify(body)}`);
    // when a session hears of its end is the network's affair
    const isOfSession = (line: string) => /^(goaway|session)/.test(line);
    const ofStreams = this.#lines.filter((line) => !isOfSession(line));
    return [...ofStreams, ...bodies, ...new Set(this.#lines.filter(isOfSession))].join("\n");
  }

  request(headers: OutgoingHttpHeaders = {}, options?: ClientSessionRequestOptions): ClientHttp2Stream {
    const stream = this.session.request({ ":path": casePath, ...headers }, options);
    this.#watch(stream, `stream ${this.#bodies.size + 1}`);
    return stream;
  }

  /** Resolves when the stream or the session is closed; what the server did to it is on the wire. */
  async closed(closing: ClientHttp2Stream | ClientHttp2Session): Promise<void> {
    if (this.#closed.has(closing) || closing.destroyed) return;
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`waited in vain for the end of a stream: ${this.wire}`));
      const timer = setTimeout(late, patienceMs);
      closing.once("close", () => {
        clearTimeout(timer);
        // frames that came before are told in turns of their own
        setImmediate(resolve);
      });
    });
  }

  #watch(stream: ClientHttp2Stream, name: string): void {
    this.#bodies.set(name, "");
    const say = (line: string) => this.#lines.push(`${name} ${line}`);
    stream.setEncoding("latin1");
    stream.on("headers", (_headers, _flags, ...raw: unknown[]) => say(`headers ${shown(raw[0])}`));
    stream.on("response", (_headers, _flags, ...raw: unknown[]) => say(`response ${shown(raw[0])}`));
    stream.on("push", (_headers, _flags, ...raw: unknown[]) => say(`response ${shown(raw[0])}`));
    stream.on("continue", () => say("continue"));
    stream.on("trailers", (_headers, _flags, ...raw: unknown[]) => say(`trailers ${shown(raw[0])}`));
    stream.on("data", (data) => this.#bodies.set(name, this.#bodies.get(name) + data));
    stream.on("end", () => say("end"));
    stream.on("error", (error) => say(`error ${codeOf(error)}`));
    stream.on("close", () => {
      this.#closed.add(stream);
      say(`close ${stream.rstCode}`);
    });
  }
}

function shown(raw: unknown): string {
  if (!Array.isArray(raw)) return JSON.stringify(raw);
  const lines: string[] = [];
  for (let index = 0; index < raw.length; index += 2) lines.push(`${raw[index]}: ${raw[index + 1]}`);
  return JSON.stringify(lines);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? `${String(error.code)} ${error.message}` : String(error);
}
