import type { ServerResponse } from "node:http";
import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Browser, PanelPage } from "./test-support/panel-page.ts";
import { gone, type Handler, json, type PanelServer, startPanelServer } from "./test-support/panel-server.ts";
import { withoutChats } from "./test-support/samples.ts";

const src = "/metrics/summary";
const stream = "/metrics/live";

const status =
  (code: number): Handler =>
  (_req, res) =>
    void res.writeHead(code).end();
const page: Handler = (_req, res) => void res.setHeader("content-type", "text/html").end("<!doctype html>");

describeWithTool("chromium", "what a panel says of its troubles, in a real browser", () => {
  let browser: Browser;
  let server: PanelServer;
  let shown: PanelPage;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await startPanelServer();
    shown = await PanelPage.open(browser, server);
  });
  afterEach(async () => {
    await shown.close();
    await server.close();
  });

  const panel = () => shown.panel("panel");

  /** @returns the badge, and the note beside the figures once there is one */
  async function told(attributes: Readonly<Record<string, string>>): Promise<[string | null, string]> {
    await shown.draw({ panel: {} }, attributes);
    await expect
      .poll(async () => {
        await shown.page.clock.runFor(500);
        return panel().locator(".note").first().textContent();
      })
      .toContain(":");
    const note = await panel().locator(".note").first().textContent();
    return [await panel().locator(".badge").textContent(), note ?? ""];
  }

  const goesOn = "The panel goes on asking.";
  const bar = "correct the address";

  it.each<[string, Handler, string, string]>([
    ["nothing is there", status(404), "no figures", `${src} answers 404: mount the route there, or ${bar}.`],
    ["nobody may read", status(403), "no figures", `${src} answers 403: see authorize of the server.`],
    ["nobody is signed in", status(401), "no figures", `${src} answers 401: see authorize of the server.`],
    ["the server fails", status(500), "no figures", `${src} answers 500.`],
    ["an app answers all paths", page, "no figures", `${src} is no summary (text/html): ${bar}.`],
    ["another route", json({ state: "ok" }), "no figures", `${src}: the answer is no summary.`],
    [
      "the server is down",
      gone,
      "out of reach",
      `${src} does not answer: the server is down, or the browser blocks it.`,
    ],
  ])("asking, where %s", async (_name, answer, badge, text) => {
    server.routes.set(src, answer);
    expect(await told({ src: `${src}?key=secret` })).toEqual([badge, `No figures yet: ${text} ${goesOn}`]);
  });

  it.each<[string, Handler, string, string]>([
    ["nothing is there", status(404), "no figures", `${stream} answers 404: mount the route there, or ${bar}.`],
    ["nobody may read", status(403), "no figures", `${stream} answers 403: see authorize of the server.`],
    ["an app answers all paths", page, "no figures", `${stream} is no stream (text/html): ${bar}.`],
    [
      "the server is down",
      gone,
      "out of reach",
      `${stream} does not answer: the server is down, or the browser blocks it.`,
    ],
    ["it says nothing", () => undefined, "out of reach", `${stream} is silent: a proxy may hold it back.`],
  ])("of a stream alone, where %s", async (_name, answer, badge, text) => {
    server.routes.set(stream, answer);
    expect(await told({ stream })).toEqual([badge, `No figures yet: ${text} ${goesOn}`]);
  });

  it.each(["src", "stream"])("where the page's policy has no place for %s", async (name) => {
    const url = `http://localhost:9/${name}`;
    expect(await told({ [name]: url })).toEqual([
      "out of reach",
      `No figures yet: connect-src of the page's policy blocks ${url}. ${goesOn}`,
    ]);
  });

  it.each(["src", "stream"])("where another origin does not let the page read %s, or is down", async (name) => {
    const other = await startPanelServer();
    const url = other.url + src;
    server.routes.set("/", (_req, res) => {
      res.setHeader("content-security-policy", "default-src *");
      res.setHeader("content-type", "text/html").end("<!doctype html><main></main>");
    });
    const asked: ServerResponse[] = [];
    other.routes.set(src, (_req, res) => {
      asked.push(res);
      // a stream that goes on, if nobody ends it
      if (name === "stream") res.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      else json(withoutChats)(_req, res);
    });
    await shown.close();
    shown = await PanelPage.open(browser, server);
    expect(await told({ [name]: url })).toEqual([
      "no figures",
      `No figures yet: ${url} may not be read here: add ${server.url} to allowedOrigins. ${goesOn}`,
    ]);
    await expect.poll(() => asked.every(({ destroyed, writableEnded }) => destroyed || writableEnded)).toBe(true);
    await other.close();
    await panel().evaluate((element) => element.remove());
    expect(await told({ [name]: url })).toEqual([
      "out of reach",
      `No figures yet: ${url} does not answer: the server is down, or the browser blocks it. ${goesOn}`,
    ]);
  });

  it.each(["src", "stream"])("where %s lacks its scheme", async (name) => {
    expect(await told({ [name]: "localhost:8080/metrics" })).toEqual([
      "no figures",
      `No figures yet: ${name} is "localhost:8080/metrics", expected a path, or "http://localhost:8080/metrics". ${goesOn}`,
    ]);
  });

  it("where it has nothing to ask", async () => {
    expect(await told({})).toEqual(["not set up", 'Nothing to ask: set src="/metrics/summary", or the property data.']);
  });

  it("warns once of words that an attribute does not have", async () => {
    server.routes.set(src, json(withoutChats));
    await shown.draw({ one: {}, two: {} }, { src, view: "compcat", theme: "drak" });
    await shown.draw({ three: {} }, { src, view: "compact", theme: "" });
    await shown.panel("one").evaluate((element) => element.setAttribute("theme", "drak"));
    await shown.panel("two").evaluate((element) => element.setAttribute("theme", "black"));
    expect(shown.complaints).toEqual([
      'warning: aiwatch-panel: view is "compcat", expected full, compact',
      'warning: aiwatch-panel: theme is "drak", expected auto, light, dark',
      'warning: aiwatch-panel: theme is "black", expected auto, light, dark',
    ]);
  });
});
