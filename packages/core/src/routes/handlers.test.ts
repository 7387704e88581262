import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { clientReports } from "../reports/client-reports.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { metricsHandler, routeHandler } from "./handlers.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

it("a handler leaves an answer alone that the app gave while it waited for the body", async () => {
  const { aiwatch, diagnostics } = createTestAiwatch();
  const handle = routeHandler(aiwatch, "log", { reports: clientReports() });
  let handled: Promise<void> | undefined;
  const port = await serve((req, res) => {
    handled = handle(req, res);
    res.statusCode = 503;
    res.end("the app was faster");
  });
  const socket = connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{");
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.write("x");
  expect(answer.toString()).toMatch(/^HTTP\/1.1 503 .*the app was faster$/s);
  await expect(handled).resolves.toBe(undefined);
  expect(diagnostics).toEqual([]);
  socket.destroy();
});

it("a disabled instance's handler serves nothing, no zeros either", async () => {
  const port = await serve(metricsHandler(createTestAiwatch({ disabled: true }).aiwatch));
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([response.status, await response.json()]).toEqual([404, { error: "AIWatch is disabled" }]);
});
