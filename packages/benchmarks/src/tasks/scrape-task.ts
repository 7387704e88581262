import { type Aiwatch, metricsHandler } from "@aiwatch/core";
import { type Took, timed } from "../measure/cpu-time.ts";
import { watch } from "../observing/conditions.ts";
import { scrapeOnce } from "../scraping/scrape-once.ts";

export interface ScrapeTook extends Took {
  /** Of one answer. */
  readonly bytes: number;
}

export interface ScrapeBlock {
  readonly scrapes: number;
  readonly accept: string;
}

/** `GET /metrics` of an instance that knows some models, answered into a socket that goes nowhere. */
export async function scrapeTask(models: number) {
  const watching = watch("metrics");
  if (watching === undefined) throw new Error("metrics are observed");
  for (let model = 0; model < models; model += 1) useModel(watching.aiwatch, `model-${model}`);
  await watching.check(models * 20);
  const handle = metricsHandler(watching.aiwatch);
  return async ({ scrapes, accept }: ScrapeBlock): Promise<ScrapeTook> => {
    let bytes = 0;
    const took = await timed(async () => {
      for (let scrape = 0; scrape < scrapes; scrape += 1) bytes = await scrapeOnce(handle, accept);
    });
    return { ...took, bytes };
  };
}

/** Inferences with all that a local model's have, so that its histograms are there. */
function useModel(aiwatch: Aiwatch, model: string): void {
  for (let inference = 0; inference < 20; inference += 1) {
    const handle = aiwatch.startInference({ model });
    handle.evaluationBegun();
    handle.promptTokens(40, 10);
    for (let token = 0; token < 5; token += 1) handle.token();
    handle.end({ unified: "stop" });
  }
}
