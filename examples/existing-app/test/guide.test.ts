import { catalogue } from "@aiwatch/core";
import { expect, test } from "vitest";
import { brokenLinks, type Page, readPages, runProgram } from "./support/guide.ts";

/** How a snippet is run: what it takes for granted before it, what looks at its outcome after it, and what is printed. */
interface Run {
  readonly before?: string;
  readonly after?: string;
  readonly prints: string | RegExp;
  /** What it writes on stderr. @default nothing */
  readonly complains?: RegExp;
  /** What stands in the page for the reader's own. */
  readonly instead?: readonly (readonly [string, string])[];
}

/** Run in a real page, with an SDK of the app's own, or as one of several files, by the system tests. */
const elsewhere = "elsewhere";

const expressApp = `
import { once } from "node:events";
import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import express from "express";
const aiwatch = createAiwatch();
const app = express();
const modelIsLoaded = false;
`;

/** Answers as a llama-server does that generated 58 tokens. */
const modelServer = `
import { once } from "node:events";
import http from "node:http";
const answers = {
  "/health": '{"status":"ok"}',
  "/props": '{"model_alias":"tiny","total_slots":2,"default_generation_settings":{"n_ctx":1024},"is_sleeping":false}',
  "/metrics": "llamacpp:tokens_predicted_total 58\\nllamacpp:requests_processing 0\\n",
};
const llamaServer = http.createServer((req, res) => {
  res.setHeader("server", "llama.cpp");
  res.statusCode = req.url in answers ? 200 : 404;
  res.end(answers[req.url]);
});
await once(llamaServer.listen(0, "127.0.0.1"), "listening");
const modelServer = "http://127.0.0.1:" + llamaServer.address().port;
const closeModelServer = () => llamaServer.close();
`;

/** Asks the app for paths, prints the statuses, and what the metrics call the requests. */
const askApp = (...paths: string[]) => `
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const statuses = [];
for (const path of ${JSON.stringify(paths)}) {
  const answer = await fetch("http://127.0.0.1:" + server.address().port + path);
  statuses.push(answer.status);
  await answer.text();
}
const metrics = await aiwatch.registry.metrics();
const endpoints = [...metrics.matchAll(/http_requests_total\\{.*endpoint="([^"]+)"/g)].map(([, endpoint]) => endpoint);
console.log(JSON.stringify({ statuses, endpoints }));
server.close();
await aiwatch.close();
`;

/** By page, in the order in which the snippets stand there. */
/** Posts a page's batch to the app, and prints the status and what it is counted as. */
const report = (body: object, headers: Record<string, string> = {}) => `
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const answer = await fetch("http://127.0.0.1:" + server.address().port + "/aiwatch/browser", {
  method: "POST",
  headers: ${JSON.stringify({ "content-type": "application/json", ...headers })},
  body: JSON.stringify(${JSON.stringify({ schema: 1, id: "0123456789abcdef", ...body })}),
});
const counted = (await aiwatch.registry.metrics()).match(/genai_app_client_answers_total\\{outcome="answered"\\} .*/)[0];
console.log(answer.status, answer.headers.get("access-control-allow-origin"), counted);
server.close();
await aiwatch.close();
`;

const reportingApp = `${expressApp}import { clientReports } from "@aiwatch/core/reports";`;
const anAnswer = { spans: [{ kind: "answer", startedAt: 1, durationMs: 9, outcome: "answered" }] };

const runs: Record<string, readonly (Run | typeof elsewhere)[]> = {
  "alerts.md": [{ prints: /^# [\s\S]*vector\(0\.99\)[\s\S]*le=~"5\|5\[\.]0"/ }],
  "browser.md": [
    {
      before: reportingApp,
      after: report(anAnswer),
      prints: '204 null genai_app_client_answers_total{outcome="answered"} 1',
    },
    elsewhere,
    elsewhere,
    elsewhere,
    {
      before: reportingApp,
      after: `app.use(aiwatchExpress(aiwatch, { reports }));${report(anAnswer, { "x-forwarded-for": "203.0.113.7" })}`,
      prints: '204 null genai_app_client_answers_total{outcome="answered"} 1',
    },
    {
      before: reportingApp,
      after: report(anAnswer, { origin: "https://chat.example.com" }),
      prints: '204 https://chat.example.com genai_app_client_answers_total{outcome="answered"} 1',
    },
    elsewhere,
    {
      before: `${reportingApp}const logger = { warn: (fields) => console.log(fields.type, fields.place) };`,
      after: `app.use(aiwatchExpress(aiwatch, { reports }));${report({
        ...anAnswer,
        errors: [{ type: "TypeError", place: "/app.js:1:2" }],
      })}`,
      prints: 'TypeError /app.js:1:2\n204 null genai_app_client_answers_total{outcome="answered"} 1',
    },
  ],
  "bundles.md": [
    {
      // nobody listens there, and what is not sent is no matter here
      instead: [["localhost:4318", "127.0.0.1:9"]],
      after: "await tracing.shutdown();",
      prints: /^\{"level":"info".*"tracing":true,"msg":"ready"\}$/,
    },
  ],
  "command-line.md": [
    {
      prints: "done",
      complains:
        /^AIWatch, at exit\n {2}tiny\n {4}inferences +1 \(1 stop\)\n {4}tokens +3 in, 2 out\n {4}time to first token .* ms\n.* ms\n$/,
    },
  ],
  "dashboards.md": [
    {
      before:
        'process.chdir((await import("node:fs")).mkdtempSync((await import("node:os")).tmpdir() + "/aiwatch-guide-"));',
      after: `
const made = JSON.parse(await readFile("our-llm-dashboard.json", "utf8"));
const all = made.panels.flatMap(({ id, panels: inside = [] }) => [id, ...inside.map((panel) => panel.id)]);
console.log(made.uid, made.panels.at(-1).title, all.length > 50, new Set(all).size === all.length);`,
      prints: "our-llm-dashboard Uploads true true",
    },
    {
      before: `
import http from "node:http";
import { once } from "node:events";
const dataAt = (path) =>
  path.startsWith("/api/v1/label") ? [] : path === "/api/v1/rules" ? { groups: [] } : { resultType: "vector", result: [] };
const prometheus = http.createServer((req, res) =>
  res.end(JSON.stringify({ status: "success", data: dataAt(req.url.split("?")[0]) })),
);
await once(prometheus.listen(0, "127.0.0.1"), "listening");`,
      instead: [['"http://localhost:9090"', '"http://127.0.0.1:" + prometheus.address().port']],
      after: "prometheus.close();",
      prints: /^Unreachable: job-not-found: /,
    },
  ],
  "existing-app.md": [
    { prints: "true true" },
    {
      before: expressApp,
      after: askApp("/healthz", "/metrics", "/readyz", "/internal/summary"),
      prints: '{"statuses":[404,404,404,200],"endpoints":["unmatched","/internal/summary"]}',
    },
    {
      before: expressApp,
      after: askApp("/healthz"),
      prints: '{"statuses":[503],"endpoints":[]}',
    },
    { prints: /^\{"level":30[^}]*"msg":"outside of a request there are none"\}$/ },
    {
      before: `${expressApp}const server = app.listen(0, "127.0.0.1"); await once(server, "listening");
process.once("exit", () => console.log("stopped"));`,
      after: `process.kill(process.pid, "SIGTERM");`,
      prints: "stopped",
    },
  ],
  "from-go.md": [
    { prints: "8192" },
    {
      instead: [["listen(9090)", 'listen(0, "127.0.0.1", function () { this.close(); console.log("listening"); })']],
      prints: "listening",
    },
    {
      before: 'const answer = async function* (message) { yield message; yield "!"; };',
      instead: [["listen(8080,", "listen(0,"]],
      after: `
const url = "http://127.0.0.1:" + server.address().port;
const headers = { origin, "content-type": "application/json" };
const open = ({ status, headers }) => status + " " + (headers.get("access-control-allow-origin") === origin);
const asked = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
for (const path of ["/chat", "/metrics/log", "/metrics/error"]) {
  console.log(path, open(await fetch(url + path, { method: "OPTIONS", headers: { origin, ...asked } })));
}
const chat = await fetch(url + "/chat", { method: "POST", headers, body: JSON.stringify({ message: "Hello", messages: [] }) });
console.log(open(chat), await chat.text());
const { healthFaults, modelListFaults, summaryFaults } = await import("@aiwatch/testkit");
for (const [path, faults] of Object.entries({ "/metrics/summary": summaryFaults, "/health": healthFaults, "/models": modelListFaults })) {
  const response = await fetch(url + path, { headers: { origin } });
  console.log(path, open(response), faults(await response.json()).join());
}
server.closeAllConnections();
server.close();`,
      prints: `/chat 200 true
/metrics/log 204 true
/metrics/error 204 true
200 true Hello!
/metrics/summary 200 true 
/health 200 true 
/models 200 true`,
    },
  ],
  "live.md": [
    {
      before: `${expressApp}const expected = "session=right";`,
      after: `
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const url = "http://127.0.0.1:" + server.address().port + "/metrics/live";
const answer = await fetch(url, { headers: { cookie: expected } });
console.log((await fetch(url)).status, answer.status, answer.headers.get("content-type"));
aiwatch.startDraining();
console.log((await answer.text()).match(/^(retry|event): .*/gm).join());
server.close();
await aiwatch.close();`,
      prints: "403 200 text/event-stream; charset=utf-8\nretry: 2000,event: summary,event: tick",
    },
    {
      before: `${expressApp}
import { liveStream } from "@aiwatch/core/live";
const server = app.use(aiwatchExpress(aiwatch, { live: liveStream(), public: true })).listen(0, "127.0.0.1");
await once(server, "listening");
// Node has none by default
class EventSource extends EventTarget {
  constructor(path) {
    super();
    this.read(path);
  }
  async read(path) {
    const { body } = await fetch("http://127.0.0.1:" + server.address().port + path);
    let text = "";
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split("\\n\\n");
      text = events.pop();
      for (const event of events) {
        const [, type, data] = /^event: (.*)\\ndata: (.*)$/.exec(event) ?? [];
        if (type) this.dispatchEvent(new MessageEvent(type, { data }));
      }
    }
  }
}
const inference = aiwatch.startInference({ model: "tiny" });
const show = ({ summary, chats }) => {
  console.log(chats.chats[0].phase ?? chats.chats[0].outcome, summary.totals.answered, summary.state);
  if (summary.totals.answered === 0) inference.end({ unified: "stop" });
  else if (summary.state === "ready") aiwatch.startDraining();
  else server.close();
};`,
      prints: "queue 0 ready\nanswered 1 ready\nanswered 1 draining",
    },
  ],
  "llama-metrics.md": [
    { prints: "true" },
    {
      instead: [["getLlama()", 'getLlama({ gpu: false, build: "never" })']],
      after: "await llama.dispose();",
      prints: "true",
    },
  ],
  "metrics.md": [
    {
      prints: `1 [
  'chat_uploads_total{kind="pdf",tenant="acme"} 1',
  'chat_uploads_total{kind="image",tenant="acme"} 3',
  'chat_uploads_waiting 0',
  'chat_search_seconds_count 1'
]`,
    },
    { prints: "true true" },
    { prints: "true" },
  ],
  "model-servers.md": [
    {
      before: modelServer,
      instead: [['"http://127.0.0.1:8080"', "modelServer"]],
      after: "closeModelServer();",
      prints: "true llama-server 58\ntrue true",
    },
    {
      before: modelServer,
      instead: [
        ['"http://127.0.0.1:8080"', "modelServer"],
        ["listen(9090,", "listen(0,"],
      ],
      after: `
await once(exporter, "listening");
const metrics = await (await fetch("http://127.0.0.1:" + exporter.address().port)).text();
console.log(metrics.match(/^genai_app_model_server_up.*/m)[0]);
exporter.close();
closeModelServer();
await aiwatch.close();`,
      prints: 'genai_app_model_server_up{server="main"} 1',
    },
  ],
  "processes.md": [
    {
      instead: [['listen(8080, "127.0.0.1")', 'listen(0, "127.0.0.1")']],
      after: `
if (cluster.isPrimary) {
  const ports = await Promise.all(
    Object.values(cluster.workers).map((worker) => new Promise((resolve) => worker.once("listening", ({ port }) => resolve(port)))),
  );
  const ask = async (path) => (await fetch("http://127.0.0.1:" + ports[0] + path, { headers: { connection: "close" } })).text();
  for (let request = 0; request < 4; request++) await ask("/hello");
  const metrics = await ask("/metrics");
  console.log(metrics.split("\\n").filter((line) => line.includes('endpoint="/hello",status')).join());
  cluster.disconnect(() => void aiwatch.close());
}`,
      prints: 'genai_app_http_requests_total{method="GET",endpoint="/hello",status="200"} 4',
    },
    elsewhere,
    elsewhere,
  ],
  "public-doors.md": [
    {
      before: expressApp,
      after: askApp("/metrics", "/health", "/livez", "/readyz"),
      prints: '{"statuses":[404,404,200,200],"endpoints":["unmatched","/livez","/readyz"]}',
    },
    {
      before: `${expressApp}const expected = "right";`,
      after: askApp("/livez", "/metrics"),
      prints: '{"statuses":[200,403],"endpoints":["/livez","/metrics"]}',
    },
    {
      before: `${expressApp}import { createServer } from "node:http"; import { metricsHandler } from "@aiwatch/core";`,
      instead: [["listen(9090,", "listen(0,"]],
      after: `
await once(metricsServer, "listening");
console.log((await fetch("http://127.0.0.1:" + metricsServer.address().port)).status);
metricsServer.close();
${askApp("/metrics", "/health")}`,
      prints: '200\n{"statuses":[404,200],"endpoints":["unmatched","/health"]}',
    },
    {
      before: `
import { once } from "node:events";
import { createServer } from "node:http";
import { createAiwatch } from "@aiwatch/core";
const aiwatch = createAiwatch();
const listener = (_req, res) => res.end();`,
      after: `
const server = createServer(observed).listen(0, "127.0.0.1");
await once(server, "listening");
const url = "http://127.0.0.1:" + server.address().port + "/metrics/log";
const headers = (client) => ({ "content-type": "application/json", "x-real-ip": client });
const post = async (client) => (await fetch(url, { method: "POST", body: "{}", headers: headers(client) })).status;
const statuses = [];
for (let n = 0; n < 121; n++) statuses.push(await post("192.0.2.1"));
console.log(statuses.at(119), statuses.at(120), await post("192.0.2.2"));
server.close();`,
      prints: "200 429 200",
    },
  ],
  "queues.md": [
    { prints: "an answer 0" },
    { prints: "an answer" },
    {
      prints: `sequence 1 true
[
  'genai_app_admissions_total{queue="sequences",outcome="admitted"} 1',
  'genai_app_admissions_total{queue="sequences",outcome="refused"} 1',
  'genai_app_admissions_total{queue="sequences",outcome="left"} 0',
  'genai_app_admissions_total{queue="sequences",outcome="failed"} 0'
]`,
    },
    { prints: "0 1\n0" },
  ],
  "tracing.md": [
    { prints: "[ 'GET /search/:topic', 'retrieve documents' ]" },
    { prints: "about llamas" },
    {
      before: 'import { startSpan } from "@aiwatch/tracing"; const load = async (topic) => console.log(topic);',
      prints: "llamas",
    },
    { prints: "chat tiny" },
    { prints: "undefined" },
  ],
  "troubleshooting.md": [
    {
      before: `${expressApp}const expected = "right";`,
      after: `
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const url = "http://127.0.0.1:" + server.address().port + "/metrics/diagnostics";
const answer = await fetch(url, { headers: { authorization: expected } });
const { schema, doors } = await answer.json();
console.log((await fetch(url)).status, answer.status, schema, doors[0].framework, doors[0].options.join());
server.close();
await aiwatch.close();`,
      prints: "403 200 1 express diagnostics,authorize",
    },
    { prints: 'observer inferenceEnded of observer "broken"' },
  ],
};

const pages = await readPages();

/** Tests beside the adapter entry, in the example with the `openai` client and in real pages run theirs. */
const runElsewhere = ["your-engine.md", "models-behind-http.md", "ai-sdk.md", "langchain.md", "panel.md"];

test("every snippet of the guide is run", () => {
  const counts = (all: Record<string, readonly unknown[]>) =>
    Object.entries(all).flatMap(([name, { length }]) => (length === 0 ? [] : [[name, length]]));
  const runHere = pages.filter(({ name }) => !runElsewhere.includes(name));
  expect(counts(runs)).toEqual(counts(Object.fromEntries(runHere.map(({ name, snippets }) => [name, snippets]))));
});

const cases = Object.entries(runs).flatMap(([name, list]) =>
  list.flatMap((run, index) =>
    run === elsewhere ? [] : [{ title: `${name}, snippet ${index + 1}`, name, index, run }],
  ),
);

test.each(cases)("$title does what the page says", async ({ name, index, run }) => {
  const written = pages.find((page) => page.name === name)?.snippets[index] ?? "";
  const snippet = (run.instead ?? []).reduce((code, [stands, runs]) => {
    expect(code).toContain(stands);
    return code.replace(stands, runs);
  }, written);
  const { stdout, stderr } = await runProgram([run.before ?? "", snippet, run.after ?? ""].join("\n"));
  expect(stderr).toMatch(run.complains ?? /^$/);
  if (typeof run.prints === "string") expect(stdout).toBe(run.prints);
  else expect(stdout).toMatch(run.prints);
});

const names: ReadonlySet<string> = new Set(Object.values(catalogue).map((row) => row.name));
const partOfHistogram = /_(bucket|sum|count)$/;

test.each(pages.map((page) => [page.name, page] as const))("%s names what there is", async (_name, page: Page) => {
  const named = [...page.text.matchAll(/genai_app_[a-z_]*[a-z]/g)].map(([name]) => name);
  expect(named.filter((name) => !names.has(name) && !names.has(name.replace(partOfHistogram, "")))).toEqual([]);
  expect(await brokenLinks(page)).toEqual([]);
});
