import type { AiwatchHost } from "../aiwatch/host.ts";
import { isAiwatchError } from "../base/errors.ts";
import { gatherMetrics } from "../exposition/registry-metrics.ts";
import { SharedExposition } from "../exposition/shared-exposition.ts";
import { contentTypes, negotiateFormat } from "../exposition/text-format.ts";
import { type Answer, HttpError } from "./answer.ts";
import { isGone } from "./reader.ts";
import { Readers } from "./readers.ts";

/**
 * `GET /metrics`: everything on the registry, the app's own metrics included, in the format that `Accept` asks for; of a cluster that was
 * joined, everything of all its processes. The registry's own content type is left as it is. All who ask while a scrape is made are given the next one.
 */
export function answerMetrics(aiwatch: AiwatchHost): Answer {
  const readers = new Readers(aiwatch.clock);
  const exposition = new SharedExposition(
    () => gatherMetrics(aiwatch),
    () => readers.room(),
  );
  return async function metrics(req, res) {
    const format = negotiateFormat(req.headers.accept);
    const text = await exposition.text(format).catch(refuseLate);
    if (isGone(req, res)) return;
    res.statusCode = 200;
    res.setHeader("content-type", contentTypes[format]);
    res.setHeader("cache-control", "no-store");
    res.setHeader("vary", "accept");
    if (req.method !== "HEAD") await readers.read(req, res, text);
    res.end();
  };
}

/**
 * Answers 503 where what is asked for does not come in time.
 * @throws HttpError for what comes too late, and any other error as it is
 */
export function refuseLate(error: unknown): never {
  // it may be of another copy of this package: errors are known by their code
  if (!isAiwatchError(error)) throw error;
  if (error.code === "AIWATCH_CLUSTER_TIMEOUT") throw new HttpError(503, error.message);
  if (error.code === "AIWATCH_SCRAPE_TIMEOUT") throw new HttpError(503, error.message, { "retry-after": "1" });
  throw error;
}
