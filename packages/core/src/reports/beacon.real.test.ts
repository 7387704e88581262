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

  /** A page that tries all that a page can, at an app that has visitors' cookies. */
  async function tryAll(allowedOrigins: (url: string) => string[]) {
    const page = await testServer((_req, res) => res.setHeader("content-type", "text/html").end("<!doctype html>"));
    const { aiwatch, sample, requests } = createTestAiwatch();
    const reports = clientReports();
    const options = { reports, allowedOrigins: allowedOrigins(page.url) };
    const app = await testServer(aiwatchNode((_req, res) => res.end(), aiwatch, options));
    const context = await browser.newContext();
    await context.addCookies([{ name: "session", value: "ada", url: app.url }]);
    const tab = await context.newPage();
    await tab.goto(page.url);
    const done = await tab.evaluate(`(async () => {
      const url = ${JSON.stringify(`${app.url}/aiwatch/browser`)};
      let made = 0;
      const batch = () => {
        made += 1;
        const span = { kind: "answer", startedAt: 0, durationMs: 1, outcome: "answered" };
        return JSON.stringify({ schema: 1, id: String(made).padStart(16, "1"), spans: [span] });
      };
      const json = { "content-type": "application/json" };
      const outcome = (call) => call.then((response) => response.status, () => "refused");
      const tries = {
        beacon: navigator.sendBeacon(url, new Blob([batch()], { type: "application/json" })),
        textBeacon: navigator.sendBeacon(url, batch()),
        fetch: await outcome(fetch(url, { method: "POST", headers: json, body: batch() })),
        fetchWithCookies: await outcome(fetch(url, { method: "POST", headers: json, body: batch(), credentials: "include" })),
        opaque: await outcome(fetch(url, { method: "POST", mode: "no-cors", headers: json, body: batch(), credentials: "include" })),
        read: await outcome(fetch(url.replace("aiwatch/browser", "metrics/summary"))),
      };
      const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { name: "target" }));
      const form = document.createElement("form");
      Object.assign(form, { method: "post", enctype: "text/plain", action: url, target: "target" });
      form.append(Object.assign(document.createElement("input"), { name: batch().slice(0, -1) + ',"x":"', value: '"}' }));
      document.body.append(form);
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
      form.submit();
      await loaded;
      return tries;
    })()`);
    // the form is the last: what the browser lets out is there
    await expect.poll(() => requests.filter(({ status }) => status === 415).length, { timeout: 10_000 }).toBe(3);
    const taken = await sample("genai_app_client_answers_total", { outcome: "answered" });
    await Promise.all([context.close(), page.close(), app.close()]);
    return { done, taken, statuses: requests.filter(({ method }) => method === "POST").map(({ status }) => status) };
  }

  it("neither writes nor reads where its origin is not listed, with whatever it sends", async () => {
    const { done, taken, statuses } = await tryAll(() => []);
    expect(done).toMatchObject({ fetch: "refused", fetchWithCookies: "refused", opaque: 0, read: "refused" });
    expect(taken).toBe(0);
    expect(new Set(statuses)).toEqual(new Set([415]));
  });

  it("writes by beacon and by fetch where it is, as JSON alone", async () => {
    const { done, taken } = await tryAll((url) => [url]);
    expect(done).toMatchObject({ beacon: true, fetch: 204, fetchWithCookies: 204, read: 200 });
    expect(taken).toBe(3);
  });
});
