import { expect, it } from "vitest";
import { interleave, seededRandom } from "./pairs.ts";

it("measures every subject once a round, in orders that change", async () => {
  const orders: string[] = [];
  let order = "";
  const rounds = await interleave(["a", "b", "c"], 40, seededRandom(1), async (name) => {
    order += name;
    if (order.length === 3) {
      orders.push(order);
      order = "";
    }
    return name.toUpperCase();
  });
  expect(rounds).toHaveLength(40);
  expect(rounds.every(({ a, b, c }) => `${a}${b}${c}` === "ABC")).toBe(true);
  expect(orders.every((seen) => [...seen].sort().join("") === "abc")).toBe(true);
  expect(new Set(orders).size).toBe(6);
});
