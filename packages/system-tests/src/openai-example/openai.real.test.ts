import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { describeWith, type ModelServer, modelServer, sendText, threeTokens } from "@aiwatch/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type App, exampleFolder, installExample, mainFile, removeExample, startApp } from "./test-support/app.ts";

test("it has two dozen lines at the most", async () => {
  const lines = (await readFile(mainFile, "utf8")).split("\n").filter((line) => line !== "");
  expect(lines.length).toBeLessThanOrEqual(24);
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

  test.each([
    ["in the midst of an answer", 1],
    ["while the server has no slot for it", 2],
  ])("a reader who leaves %s stops the model", async (when, count) => {
    const answers = when === "in the midst of an answer";
    const asked = new Promise<ServerResponse>((resolve) => {
      server.reply = (response, { body }) => {
        if (answers) sendText(response, "so far", body);
        resolve(response);
      };
    });
    const reader = new AbortController();
    const answer = app.ask({ signal: reader.signal });
    const closed = once(await asked, "close");
    if (answers) await (await answer).body?.getReader().read();
    reader.abort();
    await answer.catch(() => {});
    await closed;
    const aborted = `genai_app_inferences_total{model="tiny",operation="chat",finish_reason="aborted"} ${count}`;
    await expect.poll(app.metrics, { timeout: 15_000 }).toContain(aborted);
    expect(app.process.stderr).toEqual([]);
  });
});
