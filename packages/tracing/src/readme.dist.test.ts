import { fileURLToPath } from "node:url";
import { type FinishedProcess, otlpReceiver, runToEnd, snippetOf, testServer } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const readme = new URL("../README.md", import.meta.url);
const cwd = fileURLToPath(new URL("..", import.meta.url));
const unset = { LOG_LEVEL: undefined, LOG_PRETTY: undefined, OTLP_ENDPOINT: undefined, TRACING_ENABLED: undefined };

/** Runs it on what was built. */
async function run(program: string, env: Record<string, string> = {}, flags: string[] = []): Promise<string> {
  const args = [...flags, "--input-type=module"];
  const { code, stdout, stderr }: FinishedProcess = await runToEnd(process.execPath, args, {
    cwd,
    env: { ...unset, ...env },
    stdin: program,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trim();
}

it("the README's first snippet finds its trace", async () => {
  expect(await run(await snippetOf(readme))).toBe("[ 'answer', 'chat tiny' ]");
});

it("its spans arrive as it says, the preload having started tracing", async () => {
  const receiver = await otlpReceiver();
  const snippet = await snippetOf(readme, /startSpan\("search"/);
  const output = await run(snippet, { OTLP_ENDPOINT: receiver.endpoint }, ["--import", "@aiwatch/tracing/register"]);
  expect(output).toBe("true\n2 undefined");
  const [search, retrieve] = receiver.spans();
  expect(search).toMatchObject({ name: "search", attributes: { index: "docs", found: 2 } });
  expect(retrieve).toMatchObject({ name: "retrieve", spanId: search?.parentSpanId });
  await receiver.close();
});

it("it lists the latest traces as it says", async () => {
  expect(await run(await snippetOf(readme, /list\(/))).toBe("third 1\nsecond 1");
});

it("its fetch carries the trace", async () => {
  const seen: unknown[] = [];
  const model = await testServer((request, response) => {
    seen.push(request.headers["traceparent"]);
    response.end();
  });
  const snippet = (await snippetOf(readme, /propagateTo/)).replaceAll("http://localhost:8081", model.url);
  const output = await run(snippet, { OTEL_EXPORTER_OTLP_ENDPOINT: model.url });
  expect(output).toBe("[ 'traceparent' ]\n[]");
  expect(seen[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await model.close();
});

it("its SDK can be handed in", async () => {
  const receiver = await otlpReceiver();
  const snippet = await snippetOf(readme, /sdkNode/);
  const after = 'import { withSpan } from "@aiwatch/tracing"; withSpan("handed in", () => undefined);';
  await run(`${snippet}\n${after}`, { OTLP_ENDPOINT: receiver.endpoint });
  expect(receiver.spans()).toMatchObject([{ name: "handed in" }]);
  await receiver.close();
});
