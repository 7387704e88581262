import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { CollectionWatch } from "./collection.ts";
import { nextTurn } from "./time.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Several passes: callbacks of a registry come in a turn after the collection. */
async function collectAll(): Promise<void> {
  for (let pass = 0; pass < 5; pass += 1) {
    collect();
    await nextTurn();
  }
}

it("tells of an object that nobody holds any more, once, and of none that is held or was released", async () => {
  const told = vi.fn();
  const watch = new CollectionWatch<{ name: string }>(told);
  const held = {};
  watch.watch(held, { name: "held" });
  watch.watch({}, { name: "released" }).release();
  watch.watch({}, { name: "left" });
  await collectAll();
  expect(told.mock.calls).toEqual([[{ name: "left" }]]);
  expect(held).toEqual({});
});

it("holds nothing any more once it was released, released twice or not", () => {
  const tie = new CollectionWatch(() => {}).watch({}, { name: "what" });
  expect(tie.what).toEqual({ name: "what" });
  tie.release();
  tie.release();
  expect(tie.what).toBeUndefined();
});
