import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect } from "vitest";
import type { DoorOptions } from "../doors/door.ts";
import type { RequestRecord } from "../request/record.ts";
import type { DoorUnderTest } from "./doors.ts";
import { rawClient } from "./raw-client.ts";
import { type ServedApp, serveWith } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";
import { expectBoundedSpan, expectExposition, expectLine, expectPrettyLine, linesTo } from "./unforged.ts";

/** What was seen of one request. */
export interface Seen {
  readonly app: ServedApp;
  /** What was answered, as Latin-1. */
  readonly answer: string;
  /** None where Node, or the framework, refused it before any app could see it. */
  readonly record: RequestRecord | undefined;
  readonly span: ReadableSpan | undefined;
}

/** Routes of every app that is asked in hostile words. */
const routes: readonly TestRoute[] = [
  { path: "/users/:id", text: "user" },
  { path: "/items/:id", mount: "/tenants/:tenant", text: "item" },
];

/**
 * Sends a request, byte for byte, to an app with the door and to one without; sees that both answer alike, that it is counted exactly once,
 * and that nothing it says can be taken for something else in lines, series and spans.
 * @param passes whether it comes to the door at all
 */
export async function expectHarmless(
  door: DoorUnderTest,
  request: string,
  options: DoorOptions = {},
  passes = true,
): Promise<Seen> {
  const json: string[] = [];
  const pretty: string[] = [];
  const observers = [linesTo(json, false), linesTo(pretty, true)];
  const bare = await serveWith((aiwatch) => door.build(aiwatch, routes), { disabled: true });
  const app = await serveWith((aiwatch) => door.build(aiwatch, routes, options), { observers });
  const answer = await send(app.port, request);
  expect(comparable(answer)).toBe(comparable(await send(bare.port, request)));
  const [record] = await app.settled(passes ? 1 : 0);
  expect(app.diagnostics).toEqual([]);
  const lines = passes ? 1 : 0;
  expect([json.length, pretty.length]).toEqual([lines, lines]);
  for (const line of json) expectLine(line);
  for (const line of pretty) expectPrettyLine(line);
  const [span] = app.spans();
  if (span !== undefined) expectBoundedSpan(span);
  await expectExposition(app.url);
  return { app, answer, record, span };
}

async function send(port: number, request: string): Promise<string> {
  const client = await rawClient(port);
  client.socket.write(request, "latin1");
  await client.closed;
  return client.answered;
}

/** What differs from one answer to the next: the date, the id, and the stack that Express shows while it is developed with. */
function comparable(answer: string): string {
  return answer
    .replace(/^(date|x-request-id|content-length): .*\r\n/gim, "")
    .replace(/<br> &nbsp;.*<\/pre>/s, "</pre>");
}
