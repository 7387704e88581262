import { cutText } from "../base/errors.ts";

/** Names come from outside: past so many they are told as one. */
const most = 20;

/** How often what was seen, in the order in which it was seen first. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** @param name plain JavaScript may give none */
  add(name: unknown): void {
    const known = typeof name === "string" ? name : "unknown";
    const shown = this.#counts.has(known) || this.#counts.size < most ? known : "other";
    this.#counts.set(shown, (this.#counts.get(shown) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((total, count) => total + count, 0);
  }

  /** `undefined` where nothing was seen. */
  describe(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    return [...this.#counts].map(([name, count]) => `${count} ${printable(name)}`).join(", ");
  }
}

/** As it can stand on a terminal. */
export function printable(name: string): string {
  return cutText(name.replace(/\p{C}/gu, "\ufffd"), 80);
}
