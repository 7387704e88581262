import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

it("the README's snippet runs, on what was built", async () => {
  const snippet = await snippetOf(new URL("../README.md", import.meta.url));
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const env = { LOG_LEVEL: undefined, LOG_PRETTY: undefined, OTLP_ENDPOINT: undefined, TRACING_ENABLED: undefined };
  const ended = await runToEnd(process.execPath, ["--input-type=module"], { cwd, env, stdin: snippet });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(
    ended.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { component: "inference", model: "tiny", finishReason: "stop", outputTokens: 1, msg: "inference completed" },
    { component: "startup", port: 8080, apiKey: "[Redacted]", msg: "listening" },
  ]);
});
