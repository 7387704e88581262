import { once } from "node:events";
import { connect, createServer } from "node:http2";
import { expect, it, onTestFinished } from "vitest";
import { serveWith } from "../test-support/served-app.ts";
import { aiwatchNode } from "./node.ts";

it("series and spans name the methods that are known, whatever a caller of HTTP/2 makes up", async () => {
  const { port, ended, spans, registry } = await serveWith((aiwatch) => {
    const listener = aiwatchNode((_req, res) => void res.end(), aiwatch, { routeOf: () => "/route" });
    // what it lacks of HTTP/1's server
    return Object.assign(createServer(listener as never), { closeAllConnections: () => {} }) as never;
  });
  const session = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  const made = Array.from({ length: 50 }, (_, n) => `FORGED-${n}`);
  const known = ["GET", "POST"];
  for (const method of [...made, "get", ...known]) {
    const stream = session.request({ ":method": method, ":path": "/" });
    stream.resume().end();
    await once(stream, "close");
  }
  await ended(53);
  const { values } = await registry.getSingleMetric("genai_app_http_requests_total")!.get();
  expect(values.map(({ labels }) => labels["method"]).sort()).toEqual(["GET", "POST", "other"]);
  expect([...new Set(spans().map(({ name }) => name))].sort()).toEqual(["GET /route", "HTTP /route", "POST /route"]);
  const named = spans().map(({ attributes }) => [
    attributes["http.request.method"],
    attributes["http.request.method_original"],
  ]);
  expect(named).toEqual([
    ...made.map((method) => ["_OTHER", method]),
    ["_OTHER", "get"],
    ["GET", undefined],
    ["POST", undefined],
  ]);
});
