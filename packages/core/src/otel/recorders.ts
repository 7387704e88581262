import { type Attributes, type Meter, metrics } from "@opentelemetry/api";
import type { Generation } from "./generation.ts";
import { type OtelRow, type OtelRowName, otelRows } from "./metric-rows.ts";

/** Records one value of one metric. */
export type Recorder = (value: number, attributes: Attributes) => void;

/** A recorder for each row; one that the generation does not have records nothing. */
export type Recorders = Readonly<Record<OtelRowName, Recorder>>;

/**
 * Gives the recorders of the meter that the app has now. It is asked for at each operation: one kept from before the app registered its
 * provider would record nothing for ever. The instruments are made once for each meter.
 */
export function recordersOf(generation: Generation): () => Recorders {
  const known = new WeakMap<Meter, Recorders>();
  return () => {
    const meter = metrics.getMeter("@aiwatch/core");
    const made = known.get(meter) ?? makeRecorders(meter, generation);
    known.set(meter, made);
    return made;
  };
}

function makeRecorders(meter: Meter, generation: Generation): Recorders {
  const byName = new Map<string, Recorder>();
  const recorderOf = (row: OtelRow): Recorder => {
    const name = row.names[generation];
    if (name === undefined) return () => {};
    // two rows may share a name, and then they are one instrument
    const recorder = byName.get(name) ?? makeRecorder(meter, name, row);
    byName.set(name, recorder);
    return recorder;
  };
  return Object.fromEntries(Object.entries(otelRows).map(([key, row]) => [key, recorderOf(row)])) as Recorders;
}

function makeRecorder(meter: Meter, name: string, { unit, description, bounds }: OtelRow): Recorder {
  if (bounds === undefined) {
    const counter = meter.createCounter(name, { unit, description });
    return (value, attributes) => counter.add(value, attributes);
  }
  const advice = { explicitBucketBoundaries: [...bounds] };
  const histogram = meter.createHistogram(name, { unit, description, advice });
  return (value, attributes) => histogram.record(value, attributes);
}
