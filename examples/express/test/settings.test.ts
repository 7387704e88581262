import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToEnd, testServer } from "@aiwatch/testkit";
import { describe, expect, test } from "vitest";
import { mainFile } from "./support/demo.ts";

async function startWith(env: Record<string, string>) {
  const { code, stdout, stderr } = await runToEnd(process.execPath, [mainFile], { env: { PORT: "0", ...env } });
  return { code, stdout, lines: stderr.trimEnd().split("\n") };
}

describe("a wrong setting ends the start with code 1 and one line that names it", () => {
  test.each([
    ["PORT", "eighty", /^PORT is "eighty", expected a port from 0 to 65535$/],
    ["PORT", "65536", /^PORT is "65536", expected/],
    ["THREADS", "0", /^THREADS is "0", expected a whole number from 1 to 1024$/],
    ["SEED", "-1", /^SEED is "-1", expected a whole number from 0 to 4294967295$/],
    ["HOST", "no.such.host.invalid", /^HOST is "no\.such\.host\.invalid", expected an address of this machine/],
    ["MODEL_PATH", "/no/such/model.gguf", /^MODEL_PATH is "\/no\/such\/model\.gguf", expected .*no such file/],
    ["MODEL_PATH", tmpdir(), /^MODEL_PATH is ".*", expected .*it is a folder/],
    ["MODEL_PATH", mainFile, /^MODEL_PATH is ".*main\.js", expected .*not GGUF/],
    ["BASE_URL", "localhost:12434", /^BASE_URL is "localhost:12434", expected an http or https URL without/],
    ["BASE_URL", "http://user:canary-5b@host/v1", /^BASE_URL is "http:\/\/\*\*\*@host\/v1", expected/],
    ["BASE_URL", "http://host/v1?key=canary-5b", /^BASE_URL is "http:\/\/host\/v1\?\*\*\*", expected/],
    ["LOG_LEVEL", "loud", /LOG_LEVEL.*"loud".*debug.*info/],
    ["OTLP_ENDPOINT", "not an endpoint", /OTLP_ENDPOINT.*"not an endpoint"/],
    ["TRACING_ENABLED", "perhaps", /TRACING_ENABLED.*"perhaps".*true or false/],
  ])("%s=%s", async (variable, value, expected) => {
    const { code, stdout, lines } = await startWith({ [variable]: value });
    expect(lines).toEqual([expect.stringMatching(expected)]);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  test("a model in the process and one behind HTTP", async () => {
    const { code, lines } = await startWith({ BASE_URL: "http://host/v1", MODEL_PATH: mainFile });
    expect(lines).toEqual([
      expect.stringMatching(/^MODEL_PATH is ".*", expected nothing: with BASE_URL a server has the model$/),
    ]);
    expect(code).toBe(1);
  });

  test("a key that no header can hold, without the key", async () => {
    const { code, lines } = await startWith({ BASE_URL: "http://host/v1", API_KEY: "clé-5b" });
    expect(lines).toEqual([expect.stringMatching(/^API_KEY is "\*\*\*", expected visible ASCII characters/)]);
    expect(code).toBe(1);
  });

  test("a port that is taken", async () => {
    const taken = await testServer((_req, res) => res.end());
    try {
      const { code, lines } = await startWith({ PORT: String(taken.port) });
      expect(lines).toEqual([expect.stringMatching(`^PORT is ${taken.port}, expected a free port`)]);
      expect(code).toBe(1);
    } finally {
      await taken.close();
    }
  });

  test("a GGUF that llama.cpp refuses", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "chat-example-")), "broken.gguf");
    await writeFile(path, "GGUF and then nothing that makes sense");
    const { code, lines } = await startWith({ MODEL_PATH: path });
    expect(lines.at(-1)).toMatch(/^MODEL_PATH is ".*broken\.gguf", expected a GGUF file that llama\.cpp can load/);
    expect(lines).toContainEqual(expect.stringMatching(/^ +model +broken\.gguf, loading$/));
    expect(lines.join("\n")).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  test("a URL in MODEL_PATH keeps its password to itself", async () => {
    const { lines } = await startWith({ MODEL_PATH: "https://user:canary-9f3@models.example/m.gguf?token=canary-9f3" });
    expect(lines).toEqual([
      expect.stringMatching(/^MODEL_PATH is "https:\/\/\*\*\*@models\.example\/m\.gguf\?\*\*\*"/),
    ]);
  });
});
