import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { aiwatchNode } from "@aiwatch/core/node";
import { clientReports } from "@aiwatch/core/reports";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWithTool, launchChromium, snippetOf, type TestServer, testServer } from "@aiwatch/testkit";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clientsFolder, removeFolder } from "./test-support/clients-folder.ts";

const readme = new URL("../../../browser/README.md", import.meta.url);
const guide = new URL("../../../../docs/guide/browser.md", import.meta.url);
const built = fileURLToPath(new URL("../../../browser/dist/aiwatch-browser.js", import.meta.url));

/** What is used of web-vitals 6, which is another's: it reports once, when it is asked. */
const webVitals = `export const onLCP = (report) => report({ name: "LCP", id: "v6-1", value: 300 });
export const onCLS = () => { throw new Error("nobody takes it"); };`;

/** What is used of `createUIMessageStream` and its like. */
interface Ai {
  createUIMessageStream(options: { execute(options: { writer: { write(part: object): void } }): unknown }): unknown;
  pipeUIMessageStreamToResponse(options: { response: unknown; stream: unknown }): void;
}

describeWithTool("chromium", "the README of @aiwatch/browser in a real page", () => {
  let folder: string;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  let ai: Ai;
  beforeAll(async () => {
    folder = await clientsFolder();
    ai = await import(pathToFileURL(join(folder, "node_modules/ai/dist/index.js")).href);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await removeFolder(folder);
  });

  /** A snippet as a script that makes the global `snippet`, from the packages as built. */
  async function bundled(snippet: string): Promise<string> {
    const vitals = { name: "web-vitals", setup: standIn };
    const stdin = { contents: snippet, resolveDir: folder };
    const options = { bundle: true, write: false, format: "iife", globalName: "snippet", platform: "browser" } as const;
    const { outputFiles } = await build({ stdin, ...options, plugins: [vitals], logLevel: "error" });
    return outputFiles[0]!.text;
  }

  /** A page that has a script, before an app that answers chats. */
  async function openWith(script: string) {
    const { aiwatch, sample } = createTestAiwatch();
    const seen: (string | undefined)[] = [];
    const chats: Parameters<typeof testServer>[0] = (req, res) => {
      if (req.url === "/script.js") return res.setHeader("content-type", "text/javascript").end(script);
      if (req.method !== "POST") return res.setHeader("content-type", "text/html").end(page);
      seen.push(req.headers["traceparent"] as string);
      if (req.url === "/chat") return res.end("Tea, please");
      return ai.pipeUIMessageStreamToResponse({ response: res, stream: ai.createUIMessageStream({ execute: speak }) });
    };
    const app: TestServer = await testServer(aiwatchNode(chats, aiwatch, { reports: clientReports() }));
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(String(error)));
    await tab.goto(app.url);
    const close = () => Promise.all([tab.close(), app.close()]);
    const count = (of: string) => () => sample(`genai_app_client_${of}_seconds_count`);
    return { tab, seen, errors, sample, count, close };
  }

  it("has the AI SDK's transport report its answers", async () => {
    const { tab, seen, errors, count, close } = await openWith(await bundled(await snippetOf(readme, /DefaultChat/)));
    const parts = await tab.evaluate(`(async () => {
      const messages = [{ id: "m", role: "user", parts: [{ type: "text", text: "Tea?" }] }];
      const stream = await snippet.transport.sendMessages({ trigger: "submit-message", chatId: "c", messages });
      const types = [];
      const reader = stream.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) types.push(part.value.type);
      return types;
    })()`);
    expect(parts).toEqual(["start", "text-start", "text-delta", "text-end", "finish"]);
    await expect.poll(count("first_token"), { timeout: 20_000 }).toBe(1);
    expect(await count("response")()).toBe(1);
    expect([seen, errors]).toEqual([[expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)], []]);
    await close();
  });

  it("reports an answer that the app reads itself", async () => {
    const { tab, seen, errors, count, close } = await openWith(
      `${await bundled(await snippetOf(readme, /answer\.firstToken/))}`,
    );
    const shown = await tab.evaluate(`(async () => {
      let shown = "";
      await snippet.ask("Tea?", (text) => { shown += text; });
      return shown;
    })()`);
    expect(shown).toBe("Tea, please");
    await expect.poll(count("first_token"), { timeout: 20_000 }).toBe(1);
    expect(await count("response")()).toBe(1);
    expect([seen, errors]).toEqual([[expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)], []]);
    await close();
  });

  it("starts by a script tag", async () => {
    const [, code = ""] = /<script>\n([^<]*)<\/script>/.exec(await readFile(readme, "utf8")) ?? [];
    expect(code).toContain("aiwatch?.startReporter()");
    const { tab, errors, count, close } = await openWith(`${await readFile(built, "utf8")}\n${code}`);
    await tab.evaluate(`reporter.answer().end("answered")`);
    expect(await tab.evaluate("observedFetch === reporter.fetch")).toBe(true);
    await expect.poll(count("response"), { timeout: 20_000 }).toBe(1);
    expect(errors).toEqual([]);
    await close();
  });

  it("chats go on where a blocker keeps the script out", async () => {
    const [, code = ""] = /<script>\n([^<]*)<\/script>/.exec(await readFile(readme, "utf8")) ?? [];
    const { tab, errors, close } = await openWith(code);
    expect(await tab.evaluate(`observedFetch("/chat", { method: "POST" }).then((answer) => answer.text())`)).toBe(
      "Tea, please",
    );
    expect(errors).toEqual([]);
    await close();
  });

  it.each([
    ["its own server", /service: "chat-web"/],
    ["a server of another origin", /api\.example\.com/],
  ])("starts for %s as the guide says", async (_, holds) => {
    const imports = `import { startReporter } from "@aiwatch/browser";\nimport { DefaultChatTransport } from "ai";\n`;
    const { errors, close } = await openWith(await bundled(imports + (await snippetOf(guide, holds))));
    expect(errors).toEqual([]);
    await close();
  });

  it("takes all of web-vitals", async () => {
    const { errors, sample, close } = await openWith(
      await bundled(await snippetOf(readme, /startReporter\(\{ vitals/)),
    );
    const vital = () => sample("genai_app_client_web_vital_seconds_sum", { name: "LCP" });
    await expect.poll(vital, { timeout: 20_000 }).toBe(0.3);
    expect(errors).toEqual([]);
    await close();
  });
});

const page = `<!doctype html><title>chat</title><script src="/script.js"></script>`;

function speak({ writer }: { writer: { write(part: object): void } }): void {
  writer.write({ type: "start", messageId: "m1" });
  writer.write({ type: "text-start", id: "t1" });
  writer.write({ type: "text-delta", id: "t1", delta: "Tea" });
  writer.write({ type: "text-end", id: "t1" });
  writer.write({ type: "finish" });
}

const standIn: import("esbuild").Plugin["setup"] = (builder) => {
  builder.onResolve({ filter: /^web-vitals$/ }, ({ path }) => ({ path, namespace: "stand-in" }));
  builder.onLoad({ filter: /./, namespace: "stand-in" }, () => ({ contents: webVitals }));
};
