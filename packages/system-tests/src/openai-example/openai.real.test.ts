import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeWith, type ModelServer, modelServer, sendText, threeTokens } from "@aiwatch/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type App, exampleFolder, installExample, mainFile, removeExample, startApp } from "./test-support/app.ts";

test("it has twenty lines", async () => {
  const lines = (await readFile(mainFile, "utf8")).split("\n").filter((line) => line !== "");
  expect(lines.length).toBeLessThanOrEqual(20);
});

test("the README's files, requests and settings are those of the app", async () => {
  const readme = await readFile(join(exampleFolder, "README.md"), "utf8");
  const source = await readFile(mainFile, "utf8");
  const variables = [...readme.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name = ""]) => name);
  expect(variables).toEqual(["BASE_URL", "MODEL", "API_KEY", "PORT"]);
  for (const name of variables) expect(source).toContain(`${name} = "`);
  expect(readme).toContain("curl -N http://127.0.0.1:3000/ask -d '");
});

describeWith("the smallest app, installed as its README says,", installExample, (folder) => {
  let server: ModelServer;
  let app: App;

  beforeAll(async () => {
    server = await modelServer();
    app = await startApp(folder, { BASE_URL: server.baseUrl, MODEL: "tiny", API_KEY: "the-key" });
  });
  beforeEach(() => {
    server.reply = threeTokens;
  });
  afterAll(() => Promise.all([server.close(), app.process.stop()]).then(() => removeExample(folder)));

  test("an answer comes, and counts once with the tokens that the server says", async () => {
    expect(await (await app.ask()).text()).toBe("Token by token");
    expect(server.asked).toMatchObject([
      {
        headers: { authorization: "Bearer the-key" },
        body: { model: "tiny", messages: [{ role: "user", content: "How are you?" }] },
      },
    ]);
    const lines = (await app.metrics()).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        'genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"} 1',
        'genai_app_chat_tokens_total{direction="input",model="tiny"} 5',
        'genai_app_chat_tokens_total{direction="output",model="tiny"} 3',
        'genai_app_http_requests_total{method="POST",endpoint="/ask",status="200"} 1',
      ]),
    );
  });

  test("a reader who leaves stops the model", async () => {
    let close = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    server.reply = (response, { body }) => {
      response.once("close", close);
      sendText(response, "so far", body);
    };
    const reader = new AbortController();
    await (await app.ask({ signal: reader.signal })).body?.getReader().read();
    reader.abort();
    await closed;
    const aborted = 'genai_app_inferences_total{model="tiny",operation="chat",finish_reason="aborted"} 1';
    await expect.poll(app.metrics, { timeout: 15_000 }).toContain(aborted);
  });
});
