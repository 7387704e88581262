import { expect, test } from "vitest";
import { observeIterable, observeIterator } from "./iterator-tap.ts";

/** A generator like the engine's: it takes replacements, and cleans up. */
async function* generate(log: string[]): AsyncGenerator<number, void, number | undefined> {
  log.push("started");
  try {
    for (let token = 1; token <= 3; token++) {
      const replacement = yield token;
      if (replacement !== undefined) log.push(`replaced by ${replacement}`);
      if (replacement === -1) throw new Error("the engine's own");
    }
  } finally {
    log.push("cleaned up");
  }
}

function observed() {
  const log: string[] = [];
  const generator = generate(log);
  const seen = { started: 0, tokens: 0 };
  const yields = () => {
    seen.tokens += 1;
  };
  const begins = () => {
    seen.started += 1;
  };
  const result = observeIterator(generator, { yields }, { begins });
  expect(result).toBe(generator);
  return { generator, log, seen };
}

test("nothing happens before it is asked", () => {
  expect(observed()).toMatchObject({ log: [], seen: { started: 0, tokens: 0 } });
});

test("every token is seen before its consumer sees it", async () => {
  const { generator, seen, log } = observed();
  const counts: number[] = [];
  for await (const _token of generator) counts.push(seen.tokens);
  expect(counts).toEqual([1, 2, 3]);
  expect(seen).toEqual({ started: 1, tokens: 3 });
  expect(log).toEqual(["started", "cleaned up"]);
});

test("a consumer that leaves cleans up", async () => {
  const { generator, seen, log } = observed();
  for await (const _token of generator) break;
  expect(seen.tokens).toBe(1);
  expect(log).toEqual(["started", "cleaned up"]);
});

test("replacements, errors and `throw` are handed through", async () => {
  const first = observed();
  await first.generator.next();
  await first.generator.next(9);
  await expect(first.generator.next(-1)).rejects.toThrow("the engine's own");
  expect(first.log).toEqual(["started", "replaced by 9", "replaced by -1", "cleaned up"]);
  expect(first.seen.tokens).toBe(2);

  const second = observed();
  await second.generator.next();
  await expect(second.generator.throw(new Error("the consumer's own"))).rejects.toThrow("the consumer's own");
  expect(second.log).toEqual(["started", "cleaned up"]);
});

test("the promises are the generator's own", () => {
  const promise = Promise.resolve({ done: false, value: 1 });
  const generator = { next: () => promise };
  expect(observeIterator(generator, { yields: () => {} }).next()).toBe(promise);
});

/** What a consumer's ways out are seen as. */
function withEvents(iterator: AsyncGenerator<number>) {
  const seen: unknown[] = [];
  const events = {
    asks: () => void seen.push("asks"),
    yields: (value: unknown) => void seen.push(value),
    begins: () => void seen.push("begins"),
    done: () => void seen.push("done"),
    failed: () => void seen.push("failed"),
    leaves: () => void seen.push("leaves"),
    left: (by: string) => void seen.push(`left by ${by}`),
  };
  return { seen, events, iterator };
}

test("each ending is seen as what it is", async () => {
  const broken = withEvents(generate([]));
  for await (const _token of observeIterator(broken.iterator, broken.events, broken.events)) break;
  expect(broken.seen).toEqual(["begins", "asks", 1, "leaves", "left by return"]);

  const whole = withEvents(generate([]));
  for await (const _token of observeIterator(whole.iterator, whole.events, whole.events));
  expect(whole.seen.slice(-3)).toEqual([3, "asks", "done"]);

  const failing = withEvents(generate([]));
  observeIterator(failing.iterator, failing.events, failing.events);
  await failing.iterator.next();
  await expect(failing.iterator.throw(new Error("no"))).rejects.toThrow("no");
  expect(failing.seen.slice(-2)).toEqual(["leaves", "left by throw"]);
});

test("a stream's iterations are observed, those of an iteration under way to the end", async () => {
  const stream = { [Symbol.asyncIterator]: () => generate([]) };
  const { seen, events } = withEvents(generate([]));
  const undo = observeIterable(stream, () => events);
  const iterator = stream[Symbol.asyncIterator]();
  undo();
  for await (const _token of iterator);
  expect(seen.at(-1)).toBe("done");
  for await (const _token of stream);
  expect(seen.filter((each) => each === "begins")).toHaveLength(1);
});
