import { describe, expect, it } from "vitest";
import { doors } from "../test-support/doors.ts";
import { serveWith } from "../test-support/served-app.ts";
import { fakeClock } from "../testing/index.ts";
import { stateAgeMs } from "./json-answers.ts";

async function setUp() {
  const clock = fakeClock(1000);
  const app = await serveWith((aiwatch) => doors.Fastify.build(aiwatch, []), { clock });
  const state = async () => JSON.parse(await (await fetch(`${app.url}/metrics/summary`)).text()).state;
  return { ...app, clock, state };
}

describe("the state in the summary", () => {
  it("is that of readiness, and asks the app's checks once in five seconds, whoever reads", async () => {
    const { aiwatch, clock, state } = await setUp();
    let asked = 0;
    let isUp = false;
    aiwatch.health.addCheck("store", () => {
      asked += 1;
      return isUp;
    });
    expect(await Promise.all([state(), state(), state()])).toEqual(Array(3).fill("starting"));
    isUp = true;
    clock.advance(stateAgeMs - 1);
    expect([await state(), asked]).toEqual(["starting", 1]);
    clock.advance(1);
    expect([await state(), asked]).toEqual(["ready", 2]);
    isUp = false;
    clock.advance(stateAgeMs);
    expect([await state(), asked]).toEqual(["failing", 3]);
  });

  it("is draining from that moment on", async () => {
    const { aiwatch, state } = await setUp();
    expect(await state()).toBe("ready");
    aiwatch.startDraining();
    expect(await state()).toBe("draining");
  });
});
