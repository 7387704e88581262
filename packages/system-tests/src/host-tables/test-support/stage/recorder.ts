import { EventEmitter } from "node:events";

/** What tells nothing of the order, or depends on how the network cuts what it carries. */
const unheard = new Set<string | symbol>([
  "newListener",
  "removeListener",
  "readable",
  "resume",
  "pause",
  "drain",
  "connection",
  "session",
  "wantTrailers",
  "listening",
  "remoteSettings",
  "localSettings",
]);

/** Notes every event of the emitters that it knows, without being a listener: nothing that an app can ask for shows it. */
export class Recorder {
  readonly lines: string[] = [];
  #names = new WeakMap<object, string>();
  #counts: Record<string, number> = {};
  /** Requests that the server handed to its listeners. */
  requests = 0;

  constructor() {
    const recorder = this;
    const { emit } = EventEmitter.prototype;
    EventEmitter.prototype.emit = function (this: EventEmitter, event: string | symbol, ...args: unknown[]) {
      recorder.#record(this, event, args);
      return Reflect.apply(emit, this, [event, ...args]) as boolean;
    };
  }

  begin(server: object): void {
    this.lines.length = 0;
    this.#counts = {};
    // what an earlier case left open may still end
    this.#names = new WeakMap();
    this.requests = 0;
    this.#names.set(server, "server");
  }

  name(emitter: unknown, kind: string): void {
    if (typeof emitter !== "object" || emitter === null || this.#names.has(emitter)) return;
    const count = (this.#counts[kind] ?? 0) + 1;
    this.#counts[kind] = count;
    this.#names.set(emitter, `${kind} ${count}`);
  }

  #record(emitter: object, event: string | symbol, args: readonly unknown[]): void {
    const name = this.#names.get(emitter);
    if (name === undefined) return;
    if (name === "server") this.#nameWhatCame(event, args);
    if (unheard.has(event) || typeof event === "symbol") return;
    if (name === "server" && event === "close") return;
    // what the network hears first of a client that leaves is chance
    if (/^(socket|session)/.test(name) && !/^(close|error|timeout)$/.test(event)) return;
    const line = `${name}: ${event}${shownError(args[0])}`;
    // how often is the network's affair
    if (event === "data" && this.lines.includes(line)) return;
    this.lines.push(line);
  }

  #nameWhatCame(event: string | symbol, args: readonly unknown[]): void {
    if (event === "connection") this.name(args[0], "socket");
    if (event === "stream") this.name(args[0], "stream");
    if (event === "session") this.name(args[0], "session");
    if (event === "request" || event === "checkContinue" || event === "checkExpectation") {
      if (event === "request") this.requests += 1;
      this.name(args[0], "req");
      this.name(args[1], "res");
    }
    if (event === "upgrade" || event === "connect") this.name(args[0], "req");
  }
}

export function shownError(value: unknown): string {
  if (!(value instanceof Error)) return "";
  const code = "code" in value ? `${String(value.code)} ` : "";
  return ` (${value.name} ${code}${value.message})`;
}
