import { describeWithTool, launchChromium, type TestServer } from "@aiwatch/testkit";
import { keepRecentTraces } from "@aiwatch/tracing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { idOf, record, recordSamples } from "./test-support/recorded.ts";
import { tracesApp } from "./test-support/traces-app.ts";
import { type Browser, type Look, TracesPage } from "./test-support/traces-page.ts";

/** The browser says so of a page that is not there. */
const ofMissing = /404 \(Not Found\)/;
const long = "a-model-with-a-name-of-many-parts/".repeat(30);

describeWithTool("chromium", "the traces in a real browser", () => {
  let browser: Browser;
  let server: TestServer;
  let shown: TracesPage;

  beforeAll(async () => {
    browser = await launchChromium();
    const recent = recordSamples(keepRecentTraces());
    const attributes = { "gen_ai.operation.name": "chat", "gen_ai.request.model": long, [long]: long };
    record(recent, idOf("b"), [{ name: `chat ${long}`, id: "x", ms: 5, attributes }]);
    server = await tracesApp(recent);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  afterEach(async () => {
    await shown.close();
    expect(shown.complaints.filter((complaint) => !ofMissing.test(complaint))).toEqual([]);
  });

  async function open(path: string, look: Look = {}) {
    shown = await TracesPage.open(browser, look);
    await shown.page.goto(server.url + path);
  }

  const looks: readonly (readonly [name: string, width: number, look: NonNullable<Look>])[] = [
    ["light", 380, { colorScheme: "light" }],
    ["dark", 1280, { colorScheme: "dark" }],
    ["forced colours", 1280, { forcedColors: "active" }],
  ];

  test.each(looks)("axe finds nothing, and nothing is wider than the screen: %s, %i px", async (_, width, look) => {
    await open("/traces", { ...look, viewport: { width, height: 800 } });
    for (const path of ["/traces", "/traces?outcome=failed", "7", "4", "b", "a"]) {
      await shown.page.goto(server.url + (path.startsWith("/") ? path : `/traces/${idOf(path)}`));
      for (const summary of await shown.page.locator("summary").all()) await summary.click();
      expect(await shown.violations(), path).toEqual([]);
      expect(await shown.overflow(), path).toBeLessThanOrEqual(0);
    }
  });

  test("with the keyboard alone one finds a trace, looks into a span, and comes back", async () => {
    await open("/traces?outcome=aborted");
    const { page } = shown;
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim().split(/\s+at\s/)[0]);
    for (let presses = 0; presses < 40 && (await focused()) !== "POST /chat"; presses += 1)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "POST /chat stopped" }).waitFor();
    const details = page.locator("details").last();
    for (let presses = 0; presses < 40 && !(await focused())?.startsWith("chat tiny-chat"); presses += 1)
      await page.keyboard.press("Tab");
    expect(await details.locator(".details").isVisible()).toBe(false);
    await page.keyboard.press("Enter");
    await details.getByText("gen_ai.request.model").waitFor();
    await page.getByRole("link", { name: "All traces" }).press("Enter");
    await page.getByRole("heading", { name: "Traces" }).waitFor();
  });

  test("filters are links, and need no script", async () => {
    await open("/traces", { javaScriptEnabled: false });
    const rows = shown.page.locator("tbody tr");
    expect(await rows.count()).toBe(8);
    await shown.page.getByRole("link", { name: /^llama-3\.2/ }).click();
    await expect.poll(() => rows.count()).toBe(1);
    expect(await shown.page.locator("[aria-current=true]").allInnerTexts()).toEqual([
      expect.stringMatching(/^all\s+1$/),
      expect.stringMatching(/^llama-3\.2\s+1$/),
    ]);
  });
});
