import { clientReports } from "@aiwatch/core/reports";
import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serveWith } from "./served-app.ts";
import { expectExposition, expectLine, expectPrettyLine, forged, linesTo } from "./unforged.ts";

const deep = (open: string, close: string) => open.repeat(1_500) + close.repeat(1_500);

/** Bodies that are refused, whichever of the two they are posted to. */
const bodies: Readonly<Record<string, string>> = {
  nothing: "",
  "no JSON": forged.slice(1),
  "a line's end behind it": `${forged}\n${forged}`,
  "a list": `[${forged}]`,
  "a text": '"forged"',
  null: "null",
  "lists in lists": deep("[", "]"),
  "a number that is none": '{"error_type":"x","input_length":1e999,"tokens_in":1e999}',
  "objects for figures": '{"error_type":{},"response_time_ms":{"valueOf":1}}',
};

/** Error types that are none. */
const types = Object.values(hostileTexts).filter((text) => text !== "__proto__");

const json = (extra: readonly string[], body: string, path: string) => {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  return requestText(path, ["content-type: application/json", length, "connection: close", ...extra], "POST", body);
};

async function report(door: Parameters<Behaviour["test"]>[0]) {
  const lines: string[] = [];
  const pretty: string[] = [];
  const observers = [linesTo(lines, false, "debug"), linesTo(pretty, true, "debug")];
  const app = await serveWith((aiwatch) => door.build(aiwatch, [], { reports: clientReports() }), { observers });
  let sent = 0;
  const post = async (path: string, body: string, extra: readonly string[] = []) => {
    const client = await rawClient(app.port);
    client.socket.write(json(extra, body, path));
    await client.closed;
    sent += 1;
    return client.answered;
  };
  const settled = async () => {
    const records = await app.ended(sent);
    expect(records).toHaveLength(sent);
    expect(records.every(({ own }) => own)).toBe(true);
    expect(app.spans()).toEqual([]);
    expect(app.diagnostics).toEqual([]);
    expect([lines.length, pretty.length]).toEqual([sent, sent]);
    for (const line of lines) expectLine(line);
    for (const line of pretty) expectPrettyLine(line);
    expect([lines, pretty].join()).not.toContain("forged");
    expect(await expectExposition(app.url)).not.toContain("forged");
  };
  return { app, post, settled };
}

/** Reports of browsers that are none. */
export const hostileReports: readonly Behaviour[] = [
  ...["/metrics/log", "/metrics/error"].flatMap((path) =>
    Object.entries(bodies)
      // a report of figures may hold none, and what else it holds is left out
      .filter(([what]) => path === "/metrics/error" || what !== "a number that is none")
      .map(([what, body]) => ({
        name: `refuses a report at ${path} that is ${what}`,
        async test(door: Parameters<Behaviour["test"]>[0]) {
          const { post, settled } = await report(door);
          const answer = await post(path, body);
          expect(answer).toMatch(/^HTTP\/1.1 400 /);
          expect(answer).not.toContain("forged");
          await settled();
        },
      })),
  ),
  {
    name: "refuses error types that are no names, and quotes none of them",
    async test(door) {
      const { app, post, settled } = await report(door);
      for (const type of types) {
        const answer = await post("/metrics/error", JSON.stringify({ error_type: type }));
        expect(answer).toMatch(/^HTTP\/1.1 4(00|13) /);
        expect(answer).not.toMatch(/forged|💥|xxxx/);
      }
      await settled();
      const { values } = await app.registry.getSingleMetric("genai_app_errors_total")!.get();
      expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(0);
    },
  },
  {
    name: "takes what the language itself is named by for names",
    async test(door) {
      const { app, post, settled } = await report(door);
      const names = ["__proto__", "constructor", "toString"];
      for (const name of names) {
        const body = `{"error_type":"${name}","__proto__":{"error_type":"forged"},"constructor":${forged}}`;
        expect(await post("/metrics/error", body)).toMatch(/^HTTP\/1.1 200 /);
        expect(await app.sample("genai_app_errors_total", { type: name, operation: "client" })).toBe(1);
      }
      const vitals = `{"web_vitals":{"__proto__":1,"constructor":2,"forged":3,"LCP":4}}`;
      expect(await post("/metrics/log", vitals)).toMatch(/^HTTP\/1.1 200 /);
      await settled();
      expect(await app.sample("genai_app_client_web_vital_seconds_count", { name: "LCP" })).toBe(1);
    },
  },
  {
    name: "takes a report in hostile headers",
    async test(door) {
      const { app, post, settled } = await report(door);
      const headers = ["user-agent: \t\\n", `x-request-id: ${"x".repeat(10_000)}`, "x-request-id: y"];
      expect(await post("/metrics/error", '{"error_type":"network"}', headers)).toMatch(/^HTTP\/1.1 200 /);
      await settled();
      expect(app.requests[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
];
