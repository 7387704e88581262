import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import express from "express";
import { expect, it, onTestFinished } from "vitest";
import { callsKept, rememberedMs } from "../browser-spans/answered-calls.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { abandonedAfterMs } from "../exposition/shared-exposition.ts";
import { patienceMs as longestWaitMs } from "../live/live-client.ts";
import { defaultMaxClients } from "../live/live-stream.ts";
import { batchLimitBytes, longestFigureMs, mostItems, namesKept } from "../reports/browser-report.ts";
import { foreignErrorTypes } from "../reports/client-series.ts";
import { bodyTimeoutMs } from "../reports/json-body.ts";
import { clientsKept, defaultPerClientPerMinute } from "../reports/report-limit.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { longestReadMs, mostBytes, mostOfConnection, patienceMs } from "./readers.ts";
import { bodyLimitBytes } from "./unread-body.ts";

const page = new URL("../../../../docs/guide/public-doors.md", import.meta.url);

it("the page of public doors has the limits that hold", async () => {
  const text = (await readFile(page, "utf8")).replace(/\s+/g, " ");
  const says = [
    `a report: ${bodyLimitBytes / 1024} KiB, a batch: ${batchLimitBytes / 1024} KiB and ${mostItems} entries`,
    `give themselves: ${namesKept} of each`,
    `may be for: the latest ${callsKept.toLocaleString("en")}`,
    `comes within ${bodyTimeoutMs / 1000} s`,
    `reports: ${defaultPerClientPerMinute} a minute at each door`,
    `remembered: the latest ${clientsKept.toLocaleString("en")}`,
    `make up: ${foreignErrorTypes}, of at most 64`,
    `texts being read: ${mostBytes / 1e6} MB`,
    `one connection: ${mostOfConnection}`,
    `live streams: ${defaultMaxClients} open at once`,
    `cut off after ${longestWaitMs / 1000} s`,
    `metrics come within ${abandonedAfterMs / 1000} s`,
  ];
  for (const limit of says) expect(text).toContain(limit);
  expect([longestFigureMs, patienceMs, longestReadMs]).toEqual([3_600_000, 1000, 10_000]);
  expect([rememberedMs, text.includes("answered in the last ten minutes")]).toEqual([600_000, true]);
});

it("what is open by default is what the page says", async () => {
  const { aiwatch } = createTestAiwatch();
  const app = express().use(aiwatchExpress(aiwatch));
  const server = createServer(app).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const text = await readFile(page, "utf8");
  const rows = [...text.matchAll(/^\| (`(?:GET|POST) .*?) +\| (open|closed) /gm)];
  const said: (readonly [string, string])[] = [];
  for (const [, routes = "", state = ""] of rows) {
    for (const [, method = "", path = ""] of routes.matchAll(/`(GET|POST) (\S+)`/g)) {
      said.push([`${method} ${path}`, state]);
      const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { method });
      expect([path, status]).toEqual([path, state === "open" ? 200 : 404]);
    }
  }
  expect(said).toHaveLength(13);
});
