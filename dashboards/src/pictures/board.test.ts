import { describe, expect, it } from "vitest";
import { type Board, type BoardPanel, inPixels, laidOut, onlyRows } from "./board.ts";

const at = (y: number, h: number) => ({ x: 0, y, w: 24, h });
const panel = (title: string, y: number, h = 4): BoardPanel => ({ type: "stat", title, gridPos: at(y, h) });

/** An open row of 4, a collapsed one whose panels were 4 and 8 high, and another open one. */
const board: Board = {
  uid: "board",
  title: "Board",
  panels: [
    { type: "row", title: "One", collapsed: false, gridPos: at(0, 1), panels: [] },
    panel("a", 1),
    {
      type: "row",
      title: "Two",
      collapsed: true,
      gridPos: at(5, 1),
      panels: [panel("b", 6), panel("c", 10, 8)],
    },
    { type: "row", title: "Three", collapsed: false, gridPos: at(6, 1), panels: [] },
    panel("d", 7),
  ],
};

const places = (shown: ReturnType<typeof laidOut>) =>
  shown.map((one) => [one.panel.title, one.place.y, one.place.y + one.place.h]);

describe("the panels of a board", () => {
  it("are where Grafana shows them once a collapsed row is opened: what is below it moves down", () => {
    expect(places(laidOut(board, { collapsed: false }))).toEqual([
      ["One", 0, 1],
      ["a", 1, 5],
      ["Two", 5, 6],
      ["b", 6, 10],
      ["c", 10, 18],
      ["Three", 18, 19],
      ["d", 19, 23],
    ]);
  });

  it("leave collapsed rows closed where that is asked for", () => {
    const shown = laidOut(board, { collapsed: true });
    expect(places(shown).map(([title]) => title)).toEqual(["One", "a", "Two", "Three", "d"]);
    expect(shown.filter(({ wasCollapsed }) => wasCollapsed).map((one) => one.panel.title)).toEqual(["Two"]);
  });

  it("of some rows alone have no hole between them", () => {
    const shown = onlyRows(laidOut(board, { collapsed: false }), ["One", "Three"]);
    expect(places(shown)).toEqual([
      ["One", 0, 1],
      ["a", 1, 5],
      ["Three", 5, 6],
      ["d", 6, 10],
    ]);
  });

  it("fill the window, less Grafana's margins and gaps", () => {
    const left = inPixels({ x: 0, y: 2, w: 12, h: 8 }, 1440);
    const right = inPixels({ x: 12, y: 2, w: 12, h: 8 }, 1440);
    expect(left).toEqual({ x: 0, y: 76, w: 700, h: 296 });
    expect(right.x + right.w).toBe(1440 - 32);
    expect(right.x - left.w).toBe(8);
  });
});
