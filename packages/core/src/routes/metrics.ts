import type { Aiwatch } from "../aiwatch.ts";
import { clusterMember } from "../cluster/member.ts";
import { isAiwatchError } from "../errors.ts";
import { collectMetrics } from "../exposition/collect.ts";
import { contentTypes, negotiateFormat } from "../exposition/format.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import { SharedExposition } from "../exposition/shared-exposition.ts";
import { type Answer, Refusal } from "./answer.ts";
import { Readers } from "./readers.ts";

/**
 * `GET /metrics`: everything on the registry, the app's own metrics included, in the format that `Accept` asks for; of a cluster that was
 * joined, everything of all its processes. The registry's own content type is left as it is. Who asks while a scrape is made is given that one.
 */
export function answerMetrics(aiwatch: Aiwatch): Answer {
  const exposition = new SharedExposition(() => collect(aiwatch), aiwatch.clock);
  const readers = new Readers(aiwatch.clock);
  return function metrics(req, res) {
    return readers.admit(req, res, async (reader) => {
      const format = negotiateFormat(req.headers.accept);
      const text = await exposition.text(format);
      if (res.destroyed || res.writableEnded) return;
      res.statusCode = 200;
      res.setHeader("content-type", contentTypes[format]);
      res.setHeader("cache-control", "no-store");
      res.setHeader("vary", "accept");
      await reader.write(text);
      res.end();
    });
  };
}

/** @throws Refusal 503 where the process answers for a cluster whose primary does not answer */
async function collect(aiwatch: Aiwatch): Promise<readonly MetricJson[]> {
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
