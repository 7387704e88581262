import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  describeWith,
  type ForwardProxy,
  forwardProxy,
  type NodeRelease,
  nodeRelease,
  npmInstall,
  type OtlpReceiver,
  otlpReceiver,
  runToEnd,
  snippetOf,
  tlsFront,
  toolFolder,
} from "@aiwatch/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const readme = new URL("../../../tracing/README.md", import.meta.url);

const agents = () =>
  toolFolder("proxy-agents-1", async (draft) => {
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true }));
    await npmInstall(draft, ["https-proxy-agent@7", "http-proxy-agent@7"]);
  });

let receiver: OtlpReceiver;
let proxy: ForwardProxy;
beforeEach(async () => {
  [receiver, proxy] = await Promise.all([otlpReceiver(), forwardProxy()]);
});
afterEach(async () => {
  await Promise.all([receiver.close(), proxy.close()]);
});

for (const major of [20, 24]) {
  const get = async () => ({ node: await nodeRelease(major), folder: await agents() });
  describeWith(`agents of others, on Node ${major}`, get, ({ node, folder }) => describeAgents(node, folder));
}

function describeAgents(node: NodeRelease, folder: string): void {
  const path = (name: string) => createRequire(join(folder, "index.js")).resolve(name);

  test("https-proxy-agent takes exports to an https endpoint, as the README says", async () => {
    const secure = await tlsFront(receiver.url);
    const written = await snippetOf(readme, /HttpsProxyAgent/);
    const program = written
      .replace('"https-proxy-agent"', JSON.stringify(path("https-proxy-agent")))
      .replace("https://otel.example", secure.url)
      .replace("http://proxy.example:3128", proxy.url);
    await sends(node, program, secure.cert);
    expect(proxy.asked).toEqual([`CONNECT ${new URL(secure.url).host}`]);
    await secure.close();
  });

  test("http-proxy-agent takes them to an http endpoint", async () => {
    await sends(
      node,
      `import { startTracing } from "@aiwatch/tracing";
      import { HttpProxyAgent } from ${JSON.stringify(path("http-proxy-agent"))};
      startTracing({ endpoint: "${receiver.url}", agent: new HttpProxyAgent("${proxy.url}") });`,
    );
    expect(proxy.asked).toEqual([`POST ${receiver.url}/v1/traces`]);
  });
}

/** Runs what was built, to its natural end. */
async function sends({ program: nodeProgram }: NodeRelease, program: string, trusted = ""): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-agents-"));
  const certificate = join(folder, "ca.pem");
  await writeFile(certificate, trusted);
  const env = trusted === "" ? {} : { NODE_EXTRA_CA_CERTS: certificate };
  const one = 'import { withSpan } from "@aiwatch/tracing"; withSpan("one", () => undefined);';
  const stdin = `${program}\n${one}`;
  const ended = await runToEnd(nodeProgram, ["--input-type=module"], { cwd, env, stdin, timeoutMs: 30_000 });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(receiver.spans().map(({ name }) => name)).toEqual(["one"]);
  await rm(folder, { recursive: true });
}
