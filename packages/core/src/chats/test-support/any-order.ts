import fc from "fast-check";
import { expect, it } from "vitest";
import { figuresOf, seriesOf } from "../chat-window.ts";
import { expectCounted, expectSound, plays, Stage, strangePlays } from "./plays.ts";

/** What holds for chats in whatever order their events come. */
export function describeAnyOrder(numRuns: number): void {
  it("is one chat that goes on, or came to one end, with times that add up to all that was seen of it", () => {
    fc.assert(
      fc.property(plays, (steps) => {
        const stage = new Stage();
        stage.play(steps);
        for (const entry of stage.board.list()) {
          expectSound(entry);
          const seenMs = (entry.ageMs as number) - (entry.endedMsAgo ?? 0);
          expect(Object.values(entry.ms).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(seenMs, 6);
        }
        expectCounted(stage);
        stage.endAll();
        expect(stage.board.current()).toMatchObject({ chats: 0, active: 0, queued: 0, inLine: 0 });
        expectCounted(stage);
      }),
      { numRuns },
    );
  });

  it("takes no time that is negative or no number where the clock goes back or fails", () => {
    fc.assert(
      fc.property(strangePlays, (steps) => {
        const stage = new Stage();
        stage.play(steps);
        for (const entry of stage.board.list()) expectSound(entry);
        expectCounted(stage);
        const { slices } = stage.board.window.part(stage.board.now());
        const figures = [figuresOf(slices), seriesOf(slices)];
        expect(JSON.parse(JSON.stringify(figures))).toEqual(figures);
      }),
      { numRuns: numRuns / 5 },
    );
  });
}
