import { fileURLToPath } from "node:url";
import type { DiagnosticsAnswer } from "@aiwatch/core/diagnostics-schema";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";

/** Core in both of its formats; each of the others by one. */
const app = `
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createAiwatch } from "@aiwatch/core";
import { diagnosticsHandler } from "@aiwatch/core/diagnostics";
import { startTracing } from "@aiwatch/tracing";

const require = createRequire(import.meta.url);
require("@aiwatch/logging").createLogger({ level: "warn" });
startTracing({ enabled: false });
const observed = require("@aiwatch/core/node").aiwatchNode(() => {}, createAiwatch({ service: "svc" }));
const handlers = [diagnosticsHandler, require("@aiwatch/core/diagnostics").diagnosticsHandler];
const answers = [];
for (const handler of handlers) {
  const server = createServer(handler(createAiwatch({ service: "svc" }), { authorize: () => true })).listen(0, "127.0.0.1");
  await once(server, "listening");
  answers.push(await (await fetch("http://127.0.0.1:" + server.address().port)).json());
  server.close();
}
console.log(JSON.stringify(answers));
`;

it("the diagnostics see both formats of what was built, and the packages that core never imports", async () => {
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const ended = await runToEnd(process.execPath, ["--input-type=module"], { cwd, stdin: app });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const [byImport, byRequire] = JSON.parse(ended.stdout) as DiagnosticsAnswer[];
  for (const answer of [byImport, byRequire]) {
    expect(answer?.copies.core).toEqual(["0.0.0", "0.0.0"]);
    expect(answer?.doors).toMatchObject([{ framework: "node:http", options: [], mounts: 1 }]);
    const readings = (name: string, row: string) =>
      answer?.settings.filter((setting) => setting.package === name && setting.name === row).map((one) => one.readings);
    expect(readings("@aiwatch/core", "service")).toEqual([[{ from: "option", value: "svc" }]]);
    expect(readings("@aiwatch/logging", "level")).toEqual([[{ from: "option", value: "warn" }]]);
    expect(readings("@aiwatch/tracing", "enabled")).toEqual([[{ from: "option", value: false }]]);
    expect(answer?.packages.find(({ name }) => name === "prom-client")?.copies).toMatchObject([{ loaded: true }]);
  }
});
