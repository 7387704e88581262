/**
 * A sum that does not depend on the order of its terms: what rounding takes away is kept beside it. Otherwise the death of a worker, which
 * changes the order, could make a total smaller by its last digit, and Prometheus takes any counter that falls for one that began anew.
 */
export class ExactSum {
  #sum = 0;
  #rest = 0;

  /** Neumaier's variant of Kahan's summation. */
  add(term: number): void {
    const sum = this.#sum + term;
    const lost = Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
    // with an infinity in it nothing is lost that could be told
    if (Number.isFinite(lost)) this.#rest += lost;
  }

  get value(): number {
    return this.#sum + this.#rest;
  }

  /** What `value` leaves out: to be added where it is a term of another sum. */
  get rest(): number {
    const rest = this.#sum - this.value + this.#rest;
    return Number.isFinite(rest) ? rest : 0;
  }
}
