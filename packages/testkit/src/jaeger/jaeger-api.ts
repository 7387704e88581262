/** The parts of Jaeger's HTTP API that tests ask. Times are microseconds. */
export interface JaegerApi {
  /** `undefined` where Jaeger has no span of it. */
  trace(traceId: string): Promise<JaegerTrace | undefined>;
  /** The traces of a service, the latest first; of those that have a span of that name and with those tags. */
  search(query: JaegerSearch): Promise<JaegerTrace[]>;
  services(): Promise<string[]>;
}

export interface JaegerSearch {
  readonly service: string;
  readonly operation?: string;
  readonly tags?: Record<string, string>;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  /** By the names that spans call them. */
  readonly processes: Record<string, JaegerProcess>;
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { refType: "CHILD_OF" | "FOLLOWS_FROM"; traceID: string; spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { timestamp: number; fields: readonly JaegerTag[] }[];
  readonly processID: string;
}

export interface JaegerTag {
  readonly key: string;
  readonly type: string;
  readonly value: string | number | boolean;
}

export function jaegerApi(url: string): JaegerApi {
  const ask = async <T>(path: string): Promise<T | undefined> => {
    const response = await fetch(`${url}/api/${path}`);
    if (response.status === 404) return undefined;
    const answer = (await response.json()) as { data: T | null; errors: { msg: string }[] | null };
    if (!response.ok) throw new Error(`Jaeger refuses ${path}: ${answer.errors?.map(({ msg }) => msg).join("; ")}`);
    return answer.data ?? undefined;
  };
  return {
    trace: async (traceId) => (await ask<JaegerTrace[]>(`traces/${traceId}`))?.[0],
    search: async (query) => (await ask<JaegerTrace[]>(`traces?${parametersOf(query)}`)) ?? [],
    services: async () => (await ask<string[]>("services")) ?? [],
  };
}

function parametersOf({ service, operation, tags }: JaegerSearch): URLSearchParams {
  return new URLSearchParams({
    service,
    ...(operation !== undefined && { operation }),
    ...(tags !== undefined && { tags: JSON.stringify(tags) }),
  });
}
