import { describeWithTool, launchChromium, testServer } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aiwatchNode } from "../doors/node.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { clientReports } from "./client-reports.ts";

describeWithTool("chromium", "a page of another origin", () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it("has its beacons of JSON taken, and reads the summary, where its origin is listed", async () => {
    const page = await testServer((_req, res) => res.setHeader("content-type", "text/html").end("<!doctype html>"));
    const { aiwatch, sample, requests } = createTestAiwatch();
    const options = { reports: clientReports(), allowedOrigins: [page.url] };
    const app = await testServer(aiwatchNode((_req, res) => res.end(), aiwatch, options));
    const tab = await browser.newPage();
    await tab.goto(page.url);
    const send = `navigator.sendBeacon(${JSON.stringify(`${app.url}/metrics/log`)},
      new Blob(['{"response_time_ms":250}'], { type: "application/json" }))`;
    expect(await tab.evaluate(send)).toBe(true);
    await expect.poll(() => requests.filter(({ method }) => method === "POST").length, { timeout: 10_000 }).toBe(1);
    expect(await sample("genai_app_client_response_seconds_count")).toBe(1);
    const read = `fetch(${JSON.stringify(`${app.url}/metrics/summary`)}, { headers: { traceparent: "00-0" } })
      .then((response) => response.json())`;
    expect(await tab.evaluate(read)).toMatchObject({ averages: { errorRate: null } });
    await Promise.all([tab.close(), page.close(), app.close()]);
  });
});
