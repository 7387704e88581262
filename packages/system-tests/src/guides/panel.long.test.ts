import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { liveStream } from "@aiwatch/core/live";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWithTool, launchChromium, runToEnd, testServer } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { builtApp, type Framework, frameworkApp, snippetsUnder } from "./test-support/framework-pages.ts";

const script = fileURLToPath(new URL("../../../browser/dist/aiwatch-panel.js", import.meta.url));
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";
const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

describeWithTool("chromium", "the guide's panel", () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** The files of a page, before an app of ours, under a strict policy. */
  async function serve(fileAt: (path: string) => Promise<string | Buffer>) {
    const { aiwatch } = createTestAiwatch({ service: "guide" });
    const answering: (() => void)[] = [];
    const files: Parameters<typeof testServer>[0] = async (req, res) => {
      if (req.url === "/chat") {
        const inference = aiwatch.startInference({ model: "tiny" });
        inference.token();
        answering.push(() => {
          inference.end({ unified: "stop" });
          res.end();
        });
        return;
      }
      const path = req.url === "/" ? "/index.html" : (req.url ?? "");
      const body = await fileAt(path).catch(() => undefined);
      res.writeHead(body === undefined ? 404 : 200, {
        "content-type": types[extname(path)] ?? "text/plain",
        "content-security-policy": policy,
      });
      res.end(body);
    };
    const server = await testServer(aiwatchNode(files, aiwatch, { live: liveStream(), authorize: () => true }));
    const endAnswers = () => {
      for (const end of answering) end();
    };
    return { aiwatch, server, endAnswers };
  }

  async function pageOf(framework: Framework) {
    if (framework === "HTML") {
      const html = (await snippetsUnder("Plain HTML")).get("html");
      return serve(async (path) =>
        path === "/aiwatch-panel.js"
          ? readFile(script)
          : `<!doctype html><html lang="en"><title>app</title>${html}</html>`,
      );
    }
    const dist = await builtApp(framework);
    onTestFinished(() => rm(dirname(dist), { recursive: true }));
    return serve((path) => readFile(join(dist, path)));
  }

  it.each(["HTML", "React", "Vue", "Svelte"] as const)(
    "shows in %s what goes on, and marks the reader's own",
    async (framework) => {
      const { aiwatch, server, endAnswers } = await pageOf(framework);
      const tab = await browser.newPage();
      const complaints: string[] = [];
      tab.on("pageerror", (error) => complaints.push(String(error)));
      tab.on("console", (message) => {
        if (["error", "warning"].includes(message.type()) && !message.text().includes("favicon"))
          complaints.push(message.text());
      });
      await tab.goto(server.url);
      const panel = tab.locator("aiwatch-panel");
      await panel.locator(".badge", { hasText: /^ready$/ }).waitFor();

      const chat = fetch(`${server.url}/chat`, { method: "POST", headers: { "x-request-id": "mine-1" } });
      await panel.locator(".lanes li").waitFor();
      expect(await panel.locator("h3").first().textContent()).toContain("1 answering");
      if (framework !== "HTML") await tab.evaluate(`setMine("mine-1")`);
      else await tab.evaluate(`document.querySelector("aiwatch-panel").setAttribute("mine", "mine-1")`);
      await panel.locator(".lanes li.mine").waitFor();

      endAnswers();
      await (await chat).text();
      await panel.getByText("Nobody is being answered.").waitFor();
      expect(complaints).toEqual([]);
      await Promise.all([tab.close(), server.close(), aiwatch.close()]);
    },
  );
});

describe("the guide's React component", () => {
  it("prints the tag on a server", async () => {
    const folder = await frameworkApp("React");
    const program = `import { build } from "vite";
await build({ logLevel: "error", build: { ssr: "src/ModelPanel.jsx", outDir: "server" } });
const { ModelPanel } = await import("./server/ModelPanel.js");
const { renderToString } = await import("react-dom/server");
const { createElement } = await import("react");
console.log(renderToString(createElement(ModelPanel, { mine: "a" })));`;
    const { stdout } = await runToEnd(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });
    expect(stdout.trim()).toBe(
      '<aiwatch-panel stream="/metrics/live" src="/metrics/summary" mine="a"></aiwatch-panel>',
    );
    await rm(folder, { recursive: true });
  });

  it("is typed", async () => {
    const folder = await frameworkApp("React");
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
    const flags =
      "--noEmit --strict --jsx react-jsx --module esnext --moduleResolution bundler --target es2022 --allowJs --checkJs false --skipLibCheck";
    const uses = `import "./aiwatch-panel.d.ts";
export const right = <aiwatch-panel src="/metrics/summary" view="compact" data={undefined} />;
// @ts-expect-error there is no such view
export const wrong = <aiwatch-panel view="small" />;`;
    await writeFile(join(folder, "src/uses.tsx"), uses);
    const run = await runToEnd(
      process.execPath,
      [tsc, ...flags.split(" "), "--allowImportingTsExtensions", "src/uses.tsx", "src/aiwatch-panel.d.ts"],
      { cwd: folder },
    );
    expect([run.stdout, run.code]).toEqual(["", 0]);
    await rm(folder, { recursive: true });
  });
});
