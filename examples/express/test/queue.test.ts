import { describe, expect, test } from "vitest";
import { Queue } from "../src/queue.js";

const never = new AbortController().signal;

describe("the queue", () => {
  test("lends each thing to one at a time, the longest waiting first", async () => {
    const queue = new Queue(["a"], 2);
    const order: string[] = [];
    const thing = await queue.borrow(never);
    const first = queue.borrow(never).then(() => order.push("first"));
    const second = queue.borrow(never).then(() => order.push("second"));
    expect(queue.waiting).toBe(2);

    queue.giveBack(thing);
    await first;
    expect(order).toEqual(["first"]);
    queue.giveBack(thing);
    await second;
    expect(order).toEqual(["first", "second"]);
    expect(queue.waiting).toBe(0);
  });

  test("refuses who comes when enough wait, with a time to come again", async () => {
    const queue = new Queue(["a"], 1);
    await queue.borrow(never);
    void queue.borrow(never);
    await expect(queue.borrow(never)).rejects.toMatchObject({ status: 503, headers: { "retry-after": "2" } });
  });

  test("whoever goes away leaves the queue, and the next one is served", async () => {
    const queue = new Queue(["a"], 2);
    const thing = await queue.borrow(never);
    const impatient = new AbortController();
    const left = queue.borrow(impatient.signal);
    const patient = queue.borrow(never);
    impatient.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    expect(queue.waiting).toBe(1);

    queue.giveBack(thing);
    expect(await patient).toBe("a");
  });

  test("whoever is gone already gets nothing, and nothing is lost", async () => {
    const queue = new Queue(["a"], 1);
    await expect(queue.borrow(AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    expect(await queue.borrow(never)).toBe("a");
  });

  test("a signal that aborts after the turn came changes nothing", async () => {
    const queue = new Queue(["a"], 1);
    const thing = await queue.borrow(never);
    const late = new AbortController();
    const turn = queue.borrow(late.signal);
    queue.giveBack(thing);
    late.abort();
    expect(await turn).toBe("a");
    queue.giveBack(thing);
    expect(await queue.borrow(never)).toBe("a");
  });
});
