import { nextTurn } from "../base/timers.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import type { Sample } from "../instruments/metric.ts";
import type { Send } from "./message.ts";
import { type PackedMetric, pack, unpack } from "./packed.ts";

/** Node writes and reads a message in one go: a millisecond for so many. */
const samplesInPiece = 1000;

/** Sends metrics as the answer to a question, in pieces, each in a turn of its own. */
export async function sendPieces(send: Send, id: number, metrics: readonly MetricJson[]): Promise<void> {
  for (const piece of piecesOf(metrics)) {
    await send({ kind: "piece", id, metrics: piece, last: false });
    await nextTurn();
  }
  await send({ kind: "piece", id, metrics: [], last: true });
}

/** Parts of metrics: one that is large is in several of them. */
export function* piecesOf(metrics: readonly MetricJson[], size = samplesInPiece): Generator<readonly PackedMetric[]> {
  let piece: PackedMetric[] = [];
  let room = size;
  for (const metric of metrics) {
    const values = metric.values ?? [];
    let from = 0;
    do {
      const part = values.slice(from, from + room);
      piece.push(pack({ ...metric, values: part }));
      from += part.length;
      room -= Math.max(part.length, 1);
      if (room > 0) continue;
      yield piece;
      piece = [];
      room = size;
    } while (from < values.length);
  }
  yield piece;
}

/** The metrics of all pieces, each whole again. It may be interrupted after each part. */
export function* joined(parts: readonly PackedMetric[]): Generator<void, readonly MetricJson[], void> {
  const metrics: (MetricJson & { readonly values: Sample[] })[] = [];
  for (const part of parts) {
    const metric = unpack(part);
    const last = metrics.at(-1);
    if (last?.name === metric.name) last.values.push(...metric.values);
    else metrics.push(metric);
    yield;
  }
  return metrics;
}
