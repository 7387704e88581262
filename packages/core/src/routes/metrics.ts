import type { AiwatchHost } from "../aiwatch/host.ts";
import { isAiwatchError } from "../base/errors.ts";
import { clusterMember } from "../cluster/member.ts";
import { collectMetrics } from "../exposition/collect.ts";
import { contentTypes, negotiateFormat } from "../exposition/format.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import { SharedExposition } from "../exposition/shared-exposition.ts";
import { type Answer, Refusal } from "./answer.ts";
import { isGone } from "./reader.ts";
import { Readers } from "./readers.ts";

/**
 * `GET /metrics`: everything on the registry, the app's own metrics included, in the format that `Accept` asks for; of a cluster that was
 * joined, everything of all its processes. The registry's own content type is left as it is. All who ask while a scrape is made are given the next one.
 */
export function answerMetrics(aiwatch: AiwatchHost): Answer {
  const readers = new Readers(aiwatch.clock);
  const exposition = new SharedExposition(
    () => collect(aiwatch),
    () => readers.room(),
  );
  return async function metrics(req, res) {
    const format = negotiateFormat(req.headers.accept);
    const text = await exposition.text(format);
    if (isGone(req, res)) return;
    res.statusCode = 200;
    res.setHeader("content-type", contentTypes[format]);
    res.setHeader("cache-control", "no-store");
    res.setHeader("vary", "accept");
    if (req.method !== "HEAD") await readers.read(req, res, text);
    res.end();
  };
}

/** @throws Refusal 503 where the process answers for a cluster whose primary does not answer */
async function collect(aiwatch: AiwatchHost): Promise<readonly MetricJson[]> {
  const member = clusterMember(aiwatch.registry);
  if (member === undefined) return collectMetrics(aiwatch);
  try {
    return await member.gather();
  } catch (error) {
    // the member may be of another copy of this package: its errors are known by their code
    if (isAiwatchError(error) && error.code === "AIWATCH_CLUSTER_TIMEOUT") throw new Refusal(503, error.message);
    throw error;
  }
}
