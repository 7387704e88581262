import { type Counted, caseRoute, type ExchangeCase, type HostTraits } from "./exchange-case.ts";

/** What must have been counted: what the case says, else each final status on the wire, complete. */
export function expectedCounts({ counted }: ExchangeCase, host: HostTraits, wire: string): Counted[] {
  if (counted !== undefined) return counted.map((one) => ({ route: caseRoute, ...one }));
  const heads =
    host.http === 1 ? wire.matchAll(/HTTP\/1\.1 (\d{3})/g) : wire.matchAll(/ response \[":status: (\d{3})/g);
  return [...heads]
    .map(([, status]) => Number(status))
    .filter((status) => status >= 200)
    .map((status) => ({ route: caseRoute, ...complete(status) }));
}

/** An answer that was given to its end. */
export function complete(status: number): Counted {
  if (status < 500) return { status, aborted: false };
  const failures: Readonly<Record<number, string>> = {
    500: "internal",
    502: "bad_gateway",
    503: "unavailable",
    504: "timeout",
  };
  return { status, aborted: false, failure: failures[status] ?? "server_error" };
}

/** The client left before its answer was complete. */
export const left: Counted = { status: 499, aborted: true };

/** The server broke its answer off. */
export function broken(status: number): Counted {
  return { status, aborted: false, failure: "stream_failed" };
}

export function expectedScrape(counted: readonly Counted[]): string[] {
  const counts = new Map<string, number>();
  for (const { route, status } of counted) {
    const key = `${route} ${status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key}: ${count}`).sort();
}
