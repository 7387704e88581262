import { readFile } from "node:fs/promises";
import { liveStream } from "@aiwatch/core/live";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Browser, PanelPage } from "./test-support/panel-page.ts";
import { type PanelServer, startPanelServer } from "./test-support/panel-server.ts";

/** The two lines of the README, as they stand there. */
async function twoLines(): Promise<string> {
  const text = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const [, lines = ""] = /```html\n([^`]*aiwatch-panel[^`]*)```/.exec(text) ?? [];
  expect(lines.trim().split("\n")).toHaveLength(2);
  return lines;
}

describeWithTool("chromium", "the README's two lines, with a server of ours", () => {
  let browser: Browser;
  let server: PanelServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), startPanelServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each([
    ["by asking", (lines: string) => lines],
    ["by the stream", (lines: string) => lines.replace("panel src=", 'panel stream="/metrics/live" src=')],
  ])("show what goes on, %s", async (way, linesOf) => {
    const { aiwatch } = createTestAiwatch({ service: "readme" });
    const door = aiwatchNode((_req, res) => res.end(), aiwatch, { live: liveStream(), public: true });
    for (const path of ["/metrics/summary", "/metrics/live"]) server.routes.set(path, door);
    const lines = linesOf(await twoLines());
    server.routes.set("/", (_req, res) => {
      res.setHeader("content-type", "text/html");
      res.end(`<!doctype html><html lang="en"><title>app</title>${lines}`);
    });
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.token();
    const shown = await PanelPage.open(browser, server, {}, false);
    const panel = shown.page.locator("aiwatch-panel");
    await panel.locator(".badge", { hasText: /^live$/ }).waitFor();
    expect(await panel.locator("h2").textContent()).toBe("readme tiny");
    expect(await panel.locator("h3").first().textContent()).toContain("1 answering");
    expect(await panel.locator(".lanes li").count()).toBe(way === "by asking" ? 0 : 1);

    inference.end({ unified: "stop" });
    await panel.getByText("Nobody is being answered.").waitFor();
    expect(shown.complaints).toEqual([]);
    await shown.close();
    await aiwatch.close();
  });
});
