import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, runNode, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

/** Workers are begun from a file, and one from which our packages are found. */
const cache = fileURLToPath(new URL("../../../../node_modules/.cache", import.meta.url));

const textOf = async (url: string): Promise<string> => {
  try {
    return await (await fetch(url, { headers: { connection: "close" } })).text();
  } catch {
    return "";
  }
};

/** Runs a snippet of the README, and stops it at the end. */
async function running(contains: RegExp, ports: Readonly<Record<string, number>>, look: () => Promise<void>) {
  let snippet = await snippetOf(new URL("../../README.md", import.meta.url), contains);
  for (const [port, free] of Object.entries(ports)) snippet = snippet.replace(port, String(free));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "aiwatch-cluster-"));
  const file = join(folder, "app.mjs");
  await writeFile(file, snippet);
  const app = await runNode(["--conditions=@aiwatch/source", file]);
  try {
    await look();
    expect(app.stderr).toEqual([]);
  } finally {
    await app.stop("SIGKILL");
    await rm(folder, { recursive: true });
  }
}

it("the README's cluster answers for all its workers, by its primary and by each of them", async () => {
  const [metricsPort, appPort] = [await freePort(), await freePort()];
  await running(/cluster\.fork\(\)/, { 9090: metricsPort, 8080: appPort }, async () => {
    const app = `http://127.0.0.1:${appPort}`;
    while ((await textOf(app)) !== "done") await new Promise((resolve) => setTimeout(resolve, 50));
    for (let request = 1; request < 10; request += 1) expect(await textOf(app)).toBe("done");
    const ten = 'http_requests_total{method="GET",endpoint="unmatched",status="200"} 10\n';
    expect(await textOf(`http://127.0.0.1:${metricsPort}`)).toContain(ten);
    expect(await textOf(`${app}/metrics`)).toContain(ten);
    // begun at 0 in each worker, its own routes left out: the answer before this one was of one
    const outcomes = ["ok", "client_error", "left", "failed"].map((outcome, index) => {
      return `genai_app_request_outcomes_total{outcome="${outcome}"} ${index === 0 ? 10 : 0}\n`;
    });
    expect(await textOf(`${app}/metrics`)).toContain(outcomes.join(""));
  });
});

it("the README's pool of threads is in the answer of its main thread", async () => {
  const port = await freePort();
  await running(/new Worker\(/, { 9090: port }, async () => {
    const two = 'genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"} 2\n';
    for (;;) {
      if ((await textOf(`http://127.0.0.1:${port}`)).includes(two)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});
