import { type RequestOutcome, requestOutcomes } from "../catalogue/values.ts";
import type { RequestFigures } from "../request/record.ts";
import type { BoundHistogram } from "./histogram.ts";
import { exemplarLabels } from "./histogram.ts";
import type { Instruments } from "./instruments.ts";

type Count = (amount?: number) => void;

/** What the requests of one route and method go into. */
interface Bound {
  readonly duration: BoundHistogram;
  readonly byStatus: Map<number, Count>;
}

/** As many routes as are found once and kept: over them the cap of the label takes care. */
const maxKept = 200;

/** The series that ended HTTP requests go into, found once for each route. */
export class RequestSeries {
  readonly #instruments: Instruments;
  /** By route, then by method. */
  readonly #bound = new Map<string, Map<string, Bound>>();
  readonly #outcomes: Readonly<Record<RequestOutcome, Count>>;

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
    const bind = (outcome: RequestOutcome) => [outcome, instruments.requestOutcomes.bind({ outcome })];
    this.#outcomes = Object.fromEntries(requestOutcomes.map(bind));
  }

  record(record: RequestFigures): void {
    const { route, status, durationMs, failure, own } = record;
    const method = methodLabel(record.method);
    const { duration, byStatus } = this.#boundTo(route, method);
    const count = byStatus.get(status) ?? this.#beginCount(byStatus, method, route, status);
    count();
    if (!own) this.#outcomes[outcomeOf(record)]();
    if (durationMs !== undefined) duration.observe(durationMs / 1000, exemplarLabels(record));
    if (failure !== undefined) this.#instruments.errors.add({ type: failure.type, operation: "http" });
  }

  #boundTo(endpoint: string, method: string): Bound {
    const byMethod = this.#bound.get(endpoint);
    const known = byMethod?.get(method);
    if (known !== undefined) return known;
    const duration = this.#instruments.httpRequestDuration.bind({ method, endpoint });
    const bound = { duration, byStatus: new Map<number, Count>() };
    if (byMethod !== undefined) byMethod.set(method, bound);
    else if (this.#bound.size < maxKept) this.#bound.set(endpoint, new Map([[method, bound]]));
    return bound;
  }

  #beginCount(byStatus: Map<number, Count>, method: string, endpoint: string, status: number): Count {
    const count = this.#instruments.httpRequests.bind({ method, endpoint, status: String(status) });
    byStatus.set(status, count);
    return count;
  }
}

/** Exactly one for each of the app's requests. */
function outcomeOf({ failure, aborted, status }: RequestFigures): RequestOutcome {
  if (failure !== undefined) return "failed";
  if (aborted) return "left";
  return status >= 400 && status < 500 ? "client_error" : "ok";
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Node accepts some thirty methods; those that no app serves share one value. */
function methodLabel(method: string): string {
  return methods.has(method) ? method : "other";
}
