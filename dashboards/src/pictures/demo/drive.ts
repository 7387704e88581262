import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** Readers, bursts, mistakes and browsers, until a moment: every path of the demo has traffic. */
export async function drive(host: string, until: number): Promise<void> {
  const goesOn = () => Date.now() < until;
  const readers = Array.from({ length: 2 }, (_, number) => read(host, number, goesOn));
  await Promise.all([...readers, burst(host, goesOn), err(host, goesOn)]);
}

const questions = [
  "how does the local model answer a long prompt",
  "why does the cache keep the tokens of a conversation",
  "what makes the first token late",
];

interface Sending {
  readonly signal?: AbortSignal;
  readonly traceparent?: string;
}

function post(host: string, path: string, body: unknown, { signal, ...headers }: Sending = {}): Promise<Response> {
  return fetch(`http://${host}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** One conversation after the other; every fifth answer is left in its midst, as people do. */
async function read(host: string, number: number, goesOn: () => boolean): Promise<void> {
  const messages: { role: string; content: string }[] = [];
  for (let turn = number; goesOn(); turn += 1) {
    const message = questions[turn % questions.length] ?? "";
    const content = await ask(host, { message, messages }, turn % 5 === 4);
    if (content !== undefined) messages.push({ role: "user", content: message }, { role: "assistant", content });
    if (messages.length > 6) messages.length = 0;
    await sleep(300 + 400 * (turn % 3));
  }
}

/** What a reader's browser saw of an answer. */
interface Seen {
  readonly traceId: string;
  readonly spanId: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly firstTextMs: number | undefined;
  readonly outcome: "answered" | "failed" | "aborted";
  readonly status: number;
}

/** The answer; `undefined` where its reader left, or it was refused. The browser tells what it saw of it. */
async function ask(host: string, chat: object, leaves: boolean): Promise<string | undefined> {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  const [startedAt, asked] = [Date.now(), performance.now()];
  const abort = new AbortController();
  const traceparent = `00-${traceId}-${spanId}-01`;
  const response = await post(host, "/chat", chat, { signal: abort.signal, traceparent });
  const { status, body } = response;
  let [text, firstTextMs]: [string, number | undefined] = ["", undefined];
  const tell = (outcome: Seen["outcome"]) => {
    const durationMs = performance.now() - asked;
    return report(host, { traceId, spanId, startedAt, durationMs, firstTextMs, outcome, status });
  };
  if (status !== 200 || body === null) {
    await response.text();
    return void (await tell("failed"));
  }
  try {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      firstTextMs ??= performance.now() - asked;
      text += piece;
      if (leaves && text.length > 200) abort.abort();
    }
  } catch {
    return void (await tell("aborted"));
  }
  await tell("answered");
  return text;
}

/** As the reporter of this package does it, and, of every third answer, as the Go system's page did. */
async function report(host: string, { durationMs, firstTextMs, ...seen }: Seen): Promise<void> {
  const paint = 60 + Math.random() * 200;
  const vitals = { TTFB: paint / 4, FCP: paint, LCP: paint * 1.6 };
  const isOld = seen.outcome === "answered" && firstTextMs !== undefined && Math.random() < 1 / 3;
  const old = { response_time_ms: durationMs + 15, time_to_first_token_ms: (firstTextMs ?? 0) + 8, web_vitals: vitals };
  const batch = {
    schema: 1,
    id: randomBytes(8).toString("hex"),
    spans: [
      { kind: "answer", ...seen, durationMs: durationMs + 15, firstTextMs, paintedMs: firstTextMs && firstTextMs + 8 },
    ],
    vitals: Object.entries(vitals).map(([name, ms]) => ({ name, ms })),
  };
  await (await (isOld ? post(host, "/metrics/log", old) : post(host, "/aiwatch/browser", batch))).text();
}

/** Two chats run and eight wait: of fourteen at once, and those of the readers, some are refused. Most then give up. */
async function burst(host: string, goesOn: () => boolean): Promise<void> {
  for (;;) {
    for (let second = 0; second < 40; second += 1) {
      if (!goesOn()) return;
      await sleep(1000);
    }
    const chats = Array.from({ length: 14 }, async (_, number) => {
      const signal = AbortSignal.timeout(number < 4 ? 60_000 : 6000 + 500 * number);
      const response = await post(host, "/chat", { message: questions[number % 3], seed: number }, { signal });
      await response.text();
    });
    await Promise.allSettled(chats);
  }
}

/** What clients get wrong, and what browsers report of it. */
async function err(host: string, goesOn: () => boolean): Promise<void> {
  for (let round = 0; goesOn(); round += 1) {
    await sleep(3000);
    const wrong = [
      () => post(host, "/chat", "{"),
      () => post(host, "/chat", { message: "" }),
      () => fetch(`http://${host}/nowhere`),
      () => fetch(`http://${host}/chat`),
      () => fetch(`http://${host}/`),
      () => post(host, "/metrics/error", { error_type: "network", timestamp: new Date().toISOString() }),
      () => post(host, "/chat", { message: "a ".repeat(6000) }),
      () => post(host, "/metrics/error", { error_type: "server_error", status_code: 503 }),
    ];
    await (await wrong[round % wrong.length]?.())?.text();
  }
}
