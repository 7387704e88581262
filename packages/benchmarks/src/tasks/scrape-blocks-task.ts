import { type Aiwatch, metricsHandler } from "@aiwatch/core";
import { watch } from "../observing/conditions.ts";
import { longestTurn } from "../scraping/longest-turn.ts";
import { scrapeOnce } from "../scraping/scrape-once.ts";

export interface BlockedBy {
  /** Of the event loop's longest turn. */
  readonly millis: number;
  readonly bytes: number;
}

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/** How long one scrape holds up the event loop, of an instance whose HTTP metrics have so many label sets, each with an exemplar. */
export async function scrapeBlocksTask(labelSets: number) {
  const watching = watch("metrics");
  if (watching === undefined) throw new Error("metrics are observed");
  await beginLabelSets(watching.aiwatch, labelSets);
  const handle = metricsHandler(watching.aiwatch);
  return async (accept: string): Promise<BlockedBy> => {
    let bytes = 0;
    const millis = await longestTurn(async () => {
      bytes = await scrapeOnce(handle, accept);
    });
    await watching.check(0);
    return { millis, bytes };
  };
}

/** Core's own instruments, which no app sees: to begin so many label sets by requests would take minutes. */
interface Instrumented {
  readonly instruments: {
    readonly httpRequests: { add(labels: object): void; get(): Promise<{ readonly values: readonly unknown[] }> };
    readonly httpRequestDuration: { observe(labels: object, seconds: number, exemplar: object): void };
  };
}

async function beginLabelSets(aiwatch: Aiwatch, count: number): Promise<void> {
  const { instruments } = aiwatch as unknown as Instrumented;
  const exemplar = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" };
  for (let set = 0; set < count; set += 1) {
    const method = methods[set % methods.length] ?? "GET";
    const endpoint = `/items/${Math.floor(set / methods.length)}/:id`;
    instruments.httpRequests.add({ method, endpoint, status: "200" });
    instruments.httpRequestDuration.observe({ method, endpoint }, (set % 40) / 20, exemplar);
  }
  const { values } = await instruments.httpRequests.get();
  if (values.length !== count) throw new Error(`${values.length} label sets began, not ${count}: a cap is in the way`);
}
