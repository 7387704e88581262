import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Aiwatch } from "../aiwatch.ts";
import { clusterMember } from "../cluster/member.ts";
import { isAiwatchError } from "../errors.ts";
import { collectMetrics } from "../exposition/collect.ts";
import { contentTypes, negotiateFormat } from "../exposition/format.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import { renderExposition } from "../exposition/render.ts";
import { type Answer, Refusal } from "./answer.ts";

/**
 * `GET /metrics`: everything on the registry, the app's own metrics included, in the format that `Accept` asks for; of a cluster that was
 * joined, everything of all its processes. The registry's own content type is left as it is.
 */
export function answerMetrics(aiwatch: Aiwatch): Answer {
  return async function metrics(req, res) {
    const format = negotiateFormat(req.headers.accept);
    const collected = await collect(aiwatch);
    if (res.destroyed || res.writableEnded) return;
    res.statusCode = 200;
    res.setHeader("content-type", contentTypes[format]);
    res.setHeader("cache-control", "no-store");
    res.setHeader("vary", "accept");
    await writePieces(res, renderExposition(collected, format));
    res.end();
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

/** Writes piece by piece: the event loop has a turn after each, and a slow reader is waited for. One that leaves ends it. */
async function writePieces(res: ServerResponse, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (res.destroyed) return;
    if (!res.write(piece)) await drained(res);
    await nextTurn();
  }
}

/** The reader has taken what was written, or is gone. What was listened for in vain is not listened for any longer. */
async function drained(res: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(res, "drain", { signal }), once(res, "close", { signal })]);
  } finally {
    settled.abort();
  }
}
