import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const app = `
  const { mock } = require("node:test");
  const { createServer, get } = require("node:http");
  const { aiwatchNode } = require("@aiwatch/core/node");
  const { createTestAiwatch } = require("@aiwatch/core/testing");
  const server = createServer(aiwatchNode((req, res) => res.end(), createTestAiwatch().aiwatch));
  server.listen(0, "127.0.0.1", () => {
    mock.timers.enable({ apis: ["setImmediate", "setTimeout"] });
    get({ port: server.address().port, path: "/metrics" }, (res) => {
      res.resume().on("end", () => { console.log(res.statusCode); process.exit(0); });
    });
  });`;

it("a scrape is answered behind fake timers that were installed after us", async () => {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { stdout } = await runToEnd(process.execPath, ["--no-warnings", "-e", app], { timeoutMs: 20_000, cwd });
  expect(stdout).toBe("200\n");
});
