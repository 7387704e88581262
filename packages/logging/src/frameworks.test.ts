import { once } from "node:events";
import { type Logger, pino } from "pino";
import { describe, expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { capturedLines } from "./test-support/captured-lines.ts";
import { differences, readLine } from "./test-support/difference.ts";
import { type LoggedApp, loggedApps, portOf } from "./test-support/logged-apps.ts";
import { canary } from "./test-support/values/row.ts";

type Line = Record<string, unknown>;
type MakeLogger = (destination: ReturnType<typeof capturedLines>) => Logger;

const plain: MakeLogger = (destination) =>
  pino({ level: "trace", formatters: { level: (label) => ({ level: label }) } }, destination);
const ours: MakeLogger = (destination) => createLogger({ level: "trace", pretty: false, destination });

const credentials = { authorization: `Bearer ${canary}`, cookie: `sid=${canary}` };
const headers = {
  ...credentials,
  "x-api-key": canary,
  "x-own": canary,
  "content-type": "application/json",
  referer: `http://here/?q=${canary}`,
};
const body = JSON.stringify({ text: canary });

const requests: [string, string, RequestInit, number][] = [
  ["an authenticated request", "/chat/42", { headers }, 200],
  ["an authenticated request with a body", "/chat/42", { headers, method: "POST", body }, 200],
  ["a request of somebody unknown", "/chat/42", { headers: { cookie: canary } }, 401],
  ["a request that fails", "/broken/42", { headers }, 500],
];

/** One request to an app with a logger of its own, and what came of it. */
async function exchange(app: LoggedApp, makeLogger: MakeLogger, path: string, request: RequestInit) {
  const destination = capturedLines();
  const server = await app.build(makeLogger(destination));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const answer = await fetch(`http://127.0.0.1:${portOf(server)}${path}?key=${canary}&q=${canary}`, request);
  const answered = { status: answer.status, cookies: answer.headers.getSetCookie(), text: await answer.text() };
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
  return { answered, raw: destination.raw.join(""), lines: destination.raw.map(readLine) };
}

/** A line without what no two requests share. */
function comparable({ time: _time, responseTime: _took, reqId: _id, ...line }: Line): Line {
  const mask = (name: string, value: unknown) => (name === "remotePort" || name === "host" ? "a port" : value);
  return JSON.parse(JSON.stringify(line, mask));
}

/** Under whatever names a framework's lines have it. */
function factsOf(lines: readonly Line[]) {
  const [req] = lines.flatMap((line) => (line["req"] === undefined ? [] : [line["req"] as Line]));
  const [status] = lines.flatMap(({ res }) => {
    const { statusCode, status } = (res ?? {}) as Line;
    return [statusCode, status].filter((code) => code !== undefined);
  });
  return { method: req?.["method"], path: req?.["url"], status };
}

const idOf = ({ reqId, req }: Line) => reqId ?? (req as Line | undefined)?.["id"];

describe.each(loggedApps)("$name", (app) => {
  it.each(requests)("%s is answered as with plain pino", async (_, path, request, status) => {
    const [bare, censoring] = [await exchange(app, plain, path, request), await exchange(app, ours, path, request)];
    expect(censoring.answered.status).toBe(status);
    expect(censoring.answered).toEqual(bare.answered);
  });

  it.each(requests)("%s is logged as plain pino does, but for what is censored", async (_, path, request) => {
    const [bare, censoring] = [await exchange(app, plain, path, request), await exchange(app, ours, path, request)];
    expect(bare.raw).toContain(canary);
    expect(censoring.raw).not.toContain(canary);
    expect(censoring.lines.length).toBe(bare.lines.length);
    const found = bare.lines.flatMap((line, index) =>
      differences(comparable(line), comparable(censoring.lines[index] ?? {})),
    );
    expect(found).toEqual([]);
  });

  it.each(requests)("%s is logged with method, path, status and its id", async (_, path, request, status) => {
    const { lines } = await exchange(app, ours, path, request);
    expect(factsOf(lines)).toEqual({ method: request.method ?? "GET", path, status });
    // hono-pino names it in the line of the answer alone
    expect(lines.map(idOf).at(-1)).toBeDefined();
  });

  it("leaves the app its credentials", async () => {
    const { answered } = await exchange(app, ours, "/chat/42", { headers });
    expect(JSON.parse(answered.text)).toEqual(credentials);
  });
});
