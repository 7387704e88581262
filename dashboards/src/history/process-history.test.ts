import { expect, it } from "vitest";
import { fleetOf } from "./fleet.ts";
import { ProcessHistory } from "./process-history.ts";

const hour = 3_600;
const hours = Array.from({ length: 24 }, (_, index) => index);

it.each(hours)(
  "a history of four hours that ends at %i o'clock refuses readers in its overload, and none before",
  (end) => {
    const to = 20_000 * 24 * hour + end * hour;
    const plan = { processes: 4, models: 2, from: to - 4 * hour, to, step: 60 };
    const [, , , process] = fleetOf(plan);
    const history = new ProcessHistory(process as NonNullable<typeof process>, plan, 4);
    const refusedUntil = (at: number) => {
      let lines = "";
      for (let time = last; time <= at; time += plan.step) lines = history.scrapeAt(time);
      last = at + plan.step;
      return Number(/^genai_app_admissions_total\{.*outcome="refused".*\} (\d+) /m.exec(lines)?.[1]);
    };
    let last = plan.from;
    expect(refusedUntil(plan.from + 2 * hour)).toBe(0);
    expect(refusedUntil(plan.from + 3 * hour)).toBeGreaterThan(0);
  },
);
