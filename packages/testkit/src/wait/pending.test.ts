import { describe, expect, it } from "vitest";
import { Pending } from "./pending.ts";

describe("Pending", () => {
  it("answers at once with what is already there", async () => {
    await expect(
      new Pending<number>().wait(
        () => 7,
        0,
        () => "",
      ),
    ).resolves.toBe(7);
  });

  it("answers when an event makes it true, each wait for itself", async () => {
    const pending = new Pending<number>();
    let count = 0;
    const atLeast = (n: number) =>
      pending.wait(
        () => (count >= n ? count : undefined),
        5_000,
        () => `for ${n}`,
      );
    const [one, two] = [atLeast(1), atLeast(2)];
    count = 1;
    pending.settle();
    await expect(one).resolves.toBe(1);
    count = 2;
    pending.settle();
    await expect(two).resolves.toBe(2);
  });

  it("says at the deadline what it waited for", async () => {
    const wait = new Pending<number>().wait(
      () => undefined,
      1,
      () => "for rain",
    );
    await expect(wait).rejects.toThrow("waited 1 ms for rain");
  });

  it("fails what is open, and what comes later, once nothing can happen any more", async () => {
    const pending = new Pending<number>();
    const open = pending.wait(
      () => undefined,
      5_000,
      () => "for rain",
    );
    pending.end("the sky fell");
    await expect(open).rejects.toThrow("the sky fell while waiting for rain");
    await expect(
      pending.wait(
        () => undefined,
        5_000,
        () => "for snow",
      ),
    ).rejects.toThrow("the sky fell");
  });

  it("fails a wait whose condition throws", async () => {
    const pending = new Pending<number>();
    let broken = false;
    const wait = pending.wait(
      () => {
        if (broken) throw new Error("refused");
        return undefined;
      },
      5_000,
      () => "",
    );
    broken = true;
    pending.settle();
    await expect(wait).rejects.toThrow("refused");
  });
});
