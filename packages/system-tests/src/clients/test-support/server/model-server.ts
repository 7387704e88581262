import { EventEmitter, once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { type TestServer, testServer } from "@aiwatch/testkit";
import { Answer, askedOf, type Script } from "./answer.ts";
import { dialectOf } from "./dialects.ts";

/** One request as the server saw it, and how it ended. */
export interface Exchange {
  readonly request: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Who ended it. */
  end: "server" | "client" | undefined;
}

export interface ModelServer extends TestServer {
  /** What came for an ending. */
  exchanges(ending: string): readonly Exchange[];
}

/** A client on a busy machine may use a connection that a usual server has just closed, and its call fails: Node's own keeps one for five seconds. */
const patient = { keepAliveTimeout: 120_000 };

/** Headers that tell the run and not the client. */
const ofTheRun = new Set(["host", "user-agent", "x-stainless-runtime-version", "idempotency-key"]);

/**
 * Plays a script for each ending: the first segment of a request's path is the ending's name, the rest is the API's. Two paths of an ending are
 * for whoever plays it: `GET /NAME/arrived` answers once a request is in, `GET /NAME/left` once the client has left one, or soon with "stays".
 */
export async function startModelServer(scripts: Readonly<Record<string, Script>>): Promise<ModelServer> {
  const played = new Map<string, Stage>();
  const stageOf = (ending: string) => {
    const stage = played.get(ending) ?? new Stage();
    played.set(ending, stage);
    return stage;
  };
  const server = await testServer((request, response) => {
    const [, ending = "", path = ""] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? "") ?? [];
    const stage = stageOf(ending);
    if (path === "/arrived" || path === "/left") return void stage.signal(path, response);
    const script = scripts[ending];
    if (script === undefined) return void response.writeHead(500).end(`there is no ending ${ending}`);
    stage.play(script, path, request, response).catch(() => response.destroy());
  }, patient);
  const close = async () => {
    await server.close();
    // a server is closed before its connections say so
    await Promise.all([...played.values()].map((stage) => stage.ended()));
  };
  return { ...server, close, exchanges: (ending) => stageOf(ending).exchanges };
}

/** How long a client may take to leave: it does so at once, or never. */
const leavesWithinMs = 400;

/** The requests for one ending. */
class Stage {
  readonly exchanges: Exchange[] = [];
  readonly #changes = new EventEmitter();

  async play(script: Script, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const dialect = dialectOf(path);
    const body = ((await json(request).catch(() => undefined)) ?? {}) as Record<string, unknown>;
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !ofTheRun.has(name)));
    const exchange: Exchange = { request: `${request.method} ${path}`, headers, body, end: undefined };
    const nth = this.exchanges.push(exchange) - 1;
    this.#change();
    const answer = dialect && new Answer(dialect, askedOf(dialect, body), nth, response);
    response.once("close", () => {
      exchange.end = answer?.isEnded === false ? "client" : "server";
      this.#change();
    });
    if (answer === undefined) response.writeHead(404).end();
    else await script(answer, request);
  }

  /** Resolves when each exchange has ended. */
  async ended(): Promise<void> {
    while (this.exchanges.some(({ end }) => end === undefined)) await once(this.#changes, "change");
  }

  async signal(what: "/arrived" | "/left", response: ServerResponse): Promise<void> {
    const isSo = () =>
      what === "/arrived" ? this.exchanges.length > 0 : this.exchanges.some(({ end }) => end === "client");
    let isLate = false;
    const patience = setTimeout(
      () => {
        isLate = true;
        this.#change();
      },
      what === "/arrived" ? 10_000 : leavesWithinMs,
    );
    while (!isSo() && !isLate) await once(this.#changes, "change");
    clearTimeout(patience);
    response.end(isSo() ? "yes" : "stays");
  }

  #change(): void {
    this.#changes.emit("change");
  }
}
