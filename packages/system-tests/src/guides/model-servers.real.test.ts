import { readFile } from "node:fs/promises";
import {
  type ChatReply,
  describeWith,
  type ModelServer,
  modelServer,
  needTool,
  sendText,
  startLlamaServer,
  threeTokens,
} from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientsFolder, removeFolder, runSnippet } from "./test-support/clients-folder.ts";
import { ollamaServer } from "./test-support/ollama-server.ts";

const answered = `Token by token
genai_app_chat_tokens_total{direction="input",model="tiny"} 5
genai_app_chat_tokens_total{direction="output",model="tiny"} 3
genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"} 1`;

const stopped = /^Token\n[\s\S]*genai_app_inferences_total{model="tiny",operation="chat",finish_reason="aborted"} 1$/;

const goesOn: ChatReply = (response, { body }) => sendText(response, "Token", body);

async function snippetsOf(page: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../../docs/guide/${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);
}

/** An app, which needs a server that can be watched: run below. */
const anApp = undefined;

/** By page, what each of its snippets prints, in their order. One that stops its answer gets one that would go on. */
const pages: Readonly<Record<string, readonly (string | RegExp | typeof anApp)[]>> = {
  "ai-sdk.md": [answered, stopped],
  "langchain.md": [answered, answered],
  "models-behind-http.md": [answered, anApp, answered],
};

describeWith("the guides to model servers", clientsFolder, (folder) => {
  let server: ModelServer;
  let env: Record<string, string>;
  let close: () => Promise<unknown>;
  beforeAll(async () => {
    server = await modelServer();
    const ollama = await ollamaServer();
    env = { BASE_URL: server.baseUrl, OLLAMA_HOST: ollama.url, MODEL: "tiny", API_KEY: "the-key" };
    close = () => Promise.all([server.close(), ollama.close(), removeFolder(folder)]);
  });
  afterAll(() => close());

  for (const [page, printed] of Object.entries(pages)) {
    test(`each snippet of ${page} is run`, async () => expect(await snippetsOf(page)).toHaveLength(printed.length));

    const numbered = printed.flatMap((prints, index) => (prints === anApp ? [] : [[index + 1, prints] as const]));
    test.each(numbered)(`snippet %i of ${page} does what the page says`, async (number, prints) => {
      const snippet = (await snippetsOf(page))[number - 1] ?? "";
      server.reply = prints === stopped ? goesOn : threeTokens;
      const stdout = await runSnippet(folder, snippet, env);
      if (typeof prints === "string") expect(stdout).toBe(prints);
      else expect(stdout).toMatch(prints);
    });
  }
});

describeWith("the guides on a real llama-server", realServer, ({ folder, server }) => {
  afterAll(() => Promise.all([server.close(), removeFolder(folder)]));

  test.each(["models-behind-http.md", "ai-sdk.md", "langchain.md"])(
    "the first snippet of %s prints its answer, and counts the tokens that the server counts",
    async (page) => {
      const [snippet = ""] = await snippetsOf(page);
      const before = await tokensOf(server.url);
      const env = { BASE_URL: `${server.url}/v1`, MODEL: "tiny-chat", API_KEY: "none" };
      const printed = await runSnippet(folder, snippet, env);
      const output = (await tokensOf(server.url)) - before;
      expect(output).toBeGreaterThan(5);
      expect(printed.split("\n")).toEqual([
        expect.stringMatching(/^[A-Z].*\.$/),
        expect.stringMatching(/^genai_app_chat_tokens_total{direction="input",model="tiny-chat"} \d\d$/),
        `genai_app_chat_tokens_total{direction="output",model="tiny-chat"} ${output}`,
        'genai_app_inferences_total{model="tiny-chat",operation="chat",finish_reason="stop"} 1',
      ]);
    },
  );

  test("the app in models-behind-http.md answers, counts, writes a line and is ready", async () => {
    const [, app = ""] = await snippetsOf("models-behind-http.md");
    const env = { BASE_URL: `${server.url}/v1`, MODEL: "tiny-chat" };
    const printed = await runSnippet(folder, app.replace("listen(3000,", "listen(0,") + askedOnce, env);
    const [line = "{}", ...rest] = printed.split("\n").filter((text) => !text.includes('"component":"http"'));
    expect(JSON.parse(line)).toMatchObject({
      component: "inference",
      service: "chat-api",
      model: "tiny-chat",
      server: new URL(server.url).host,
      finishReason: "stop",
      unexplainedMs: expect.any(Number),
      requestId: expect.any(String),
    });
    expect(rest.slice(0, 2)).toEqual([expect.stringMatching(/^[A-Z].*\.$/), "200 ready"]);
    expect(rest).toContain('genai_app_inferences_total{model="tiny-chat",operation="chat",finish_reason="stop"} 1');
  });
});

/** Behind the app: asks it, prints what came, and stops it. */
const askedOnce = `
import { once } from "node:events";
await once(listener, "listening");
const address = "http://127.0.0.1:" + listener.address().port;
const answer = await (await fetch(address + "/ask", { method: "POST", body: "How does a local model answer?" })).text();
const readiness = await fetch(address + "/readiness");
console.log(answer + "\\n" + readiness.status + " " + (await readiness.json()).status);
listener.close();
listener.closeAllConnections();
`;

async function realServer() {
  await needTool("llama-server");
  const folder = await clientsFolder();
  const model = await ensureTinyModel();
  return { folder, server: await startLlamaServer({ model, alias: "tiny-chat", metrics: true }) };
}

/** What it has generated so far. */
async function tokensOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^llamacpp:tokens_predicted_total (\d+)$/m.exec(metrics)?.[1]);
}
