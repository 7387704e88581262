import { elapsedMs } from "../base/time.ts";
import { agedBy, countedIn, mergedSummary } from "../summary/merged-summary.ts";
import { packSummary, unpackSummary } from "../summary/summary-json.ts";
import type { SummaryPart } from "../summary/summary-part.ts";
import { sliceMs } from "../windows/slices.ts";
import type { Pieces } from "./message.ts";
import type { Heard, Peer } from "./peer.ts";
import { Recent } from "./recent.ts";
import { type Membership, shareOf, type Topic, workersIn } from "./topic.ts";

/** The summaries of all members. What is kept grows older: all parts are given out with their age. */
export class SummaryTopic implements Topic<"summary"> {
  readonly #member: Membership;
  /** In the member that answers for all. */
  readonly #recent: Recent<SummaryPart>;
  /** In a worker: whoever asks while the parent is asked is given the same. None is kept: it may be a second old. */
  readonly #asked: Recent<SummaryPart>;
  /** What workers counted that are gone, as one part, and when it was added up. */
  #gone: { readonly part: SummaryPart; readonly at: number } | undefined;

  constructor(member: Membership) {
    this.#member = member;
    const { clock } = member.aiwatch;
    this.#recent = new Recent(clock, () => this.#merge());
    this.#asked = new Recent(clock, () => this.#askParent(), 0);
  }

  /**
   * As one. It is collected once in a second at most, whoever asks.
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose parent does not answer
   */
  async gather(): Promise<SummaryPart> {
    return await (this.#member.parent === undefined ? this.#recent : this.#asked).read();
  }

  async tell(): Promise<Pieces<"summary">> {
    return [[packSummary(await this.gather())]];
  }

  async collect(): Promise<Pieces<"summary">> {
    const parts = await this.#parts(shareOf(this.#member.timeoutMs));
    return parts.map((part) => [packSummary(part)]);
  }

  departed(last: Peer["last"]): void {
    const heard = last("summary");
    if (heard === undefined) return;
    const parts = this.#partsOf(heard).map(countedIn);
    const before = this.#goneNow();
    // what was added up before keeps its steps: each worker that goes would move them a little
    const { sinceMs } = (before ?? parts[0])?.window ?? { sinceMs: 0 };
    const all = before === undefined ? parts : [before, ...parts];
    this.#gone = { part: mergedSummary(all, sinceMs % sliceMs), at: this.#now() };
  }

  async #askParent(): Promise<SummaryPart> {
    const [part] = (await this.#member.parent?.gather("summary")) ?? [];
    if (part === undefined) throw new RangeError("the cluster's summary has no part");
    return unpackSummary(part);
  }

  async #merge(): Promise<SummaryPart> {
    const parts = await this.#parts(this.#member.timeoutMs);
    return mergedSummary(parts, parts[0]?.window.sinceMs ?? 0);
  }

  /** The member's own comes first. */
  async #parts(timeoutMs: number): Promise<SummaryPart[]> {
    const { workers, aiwatch } = this.#member;
    const { answers, before, counts } = await workers.poll("summary", timeoutMs, Promise.resolve(), workersIn);
    const own = { ...aiwatch.summaryPart(), cluster: counts };
    const counted = before.flatMap((heard) => this.#partsOf(heard).map(countedIn));
    const gone = this.#goneNow();
    const others = [...answers.flatMap((heard) => this.#partsOf(heard)), ...counted];
    return gone === undefined ? [own, ...others] : [own, ...others, gone];
  }

  #goneNow(): SummaryPart | undefined {
    return this.#gone && agedBy(this.#ageOf(this.#gone), this.#gone.part);
  }

  #partsOf(heard: Heard<"summary">): SummaryPart[] {
    return heard.parts.map((part) => agedBy(this.#ageOf(heard), unpackSummary(part)));
  }

  #ageOf({ at }: { readonly at: number }): number {
    return elapsedMs(at, this.#now()) ?? 0;
  }

  #now(): number {
    return this.#member.aiwatch.clock.now();
  }
}
