import { type Course, courseBox, type Piece } from "./geometry.ts";
import { html, type Part, PartPool, setAttribute, show, svg } from "./nodes.ts";

/** What is drawn rather than written. All of it is said in words beside it, so that readers of a screen skip it. */

const hidden = { "aria-hidden": "true", focusable: "false" };

const icons = {
  ring: "M6 1a5 5 0 1 1-5 5h2a3 3 0 1 0 3-3Z",
  disc: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Z",
  dash: "M2 5h8v2H2z",
  clock: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Zm1 2v3l2 1-.6 1.3L5.5 7V3Z",
  warning: "M6 .8 11.6 11H.4ZM5.2 4.5v3h1.6v-3Zm0 3.8v1.4h1.6V8.3Z",
  cross: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1ZM3.2 4.2l1-1L6 5l1.8-1.8 1 1L7 6l1.8 1.8-1 1L6 7 4.2 8.8l-1-1L5 6Z",
} as const;

export type Icon = keyof typeof icons;

export function iconPart(): Part<Icon> {
  const path = svg("path", { "fill-rule": "evenodd" });
  const node = svg("svg", { ...hidden, class: "icon", viewBox: "0 0 12 12" }, path);
  return { node, draw: (icon) => setAttribute(path, "d", icons[icon]) };
}

/** A course over time, with its limit as a dashed line. */
export function coursePart(): Part<Course> {
  const area = svg("path", { class: "area" });
  const line = svg("path", { class: "line" });
  const limit = svg("line", { x1: "0", x2: String(courseBox.width) });
  const viewBox = `0 0 ${courseBox.width} ${courseBox.height}`;
  const node = svg("svg", { ...hidden, class: "course", viewBox, preserveAspectRatio: "none" }, area, line, limit);
  return {
    node,
    draw(course) {
      setAttribute(area, "d", course.area);
      setAttribute(line, "d", course.line);
      show(limit, course.limitY !== undefined);
      for (const end of ["y1", "y2"]) setAttribute(limit, end, course.limitY);
    },
  };
}

/** A bar of pieces, each with the look of its kind. */
export function barPart<Kind extends string>(): Part<readonly Piece<Kind>[]> {
  const node = svg("svg", { ...hidden, class: "bar" });
  const pieces = new PartPool<Piece<Kind>>(piecePart);
  return { node, draw: (view) => pieces.draw([[node, view]], ({ kind }) => kind) };
}

function piecePart<Kind extends string>(): Part<Piece<Kind>> {
  const node = svg("rect");
  return {
    node,
    draw({ kind, x, width }) {
      setAttribute(node, "class", `piece ${kind}`);
      setAttribute(node, "fill", fills.has(kind) ? `url(#${kind})` : undefined);
      setAttribute(node, "x", `${x}%`);
      setAttribute(node, "width", `${width}%`);
    },
  };
}

/** The sample of a kind, for the legend. */
export function swatch(kind: string): SVGElement {
  const bar = barPart();
  bar.draw([{ kind, x: "0", width: "100" }]);
  bar.node.classList.add("swatch");
  return bar.node as SVGElement;
}

/** The kinds that have a pattern, since colour alone tells nothing to many. */
const fills: ReadonlySet<string> = new Set(["line", "queue", "prompt", "tool", "refused"]);

/** The patterns, for all bars of one panel: an id holds within its shadow tree. */
export function patterns(): HTMLElement | SVGElement {
  return svg(
    "svg",
    { ...hidden, class: "patterns" },
    pattern("line", 4, "M0 4 4 0M-1 1 1-1M3 5 5 3"),
    pattern("queue", 4, "M0 0 4 4M-1 3 1 5M3-1 5 1"),
    pattern("prompt", 6, "M5.5 0V6"),
    pattern("tool", 4, "M1 1h1.6v1.6H1Z"),
    pattern("refused", 3, "M.5 0V3"),
  );
}

function pattern(id: string, side: number, marks: string): SVGElement {
  const [width, height] = [String(side), String(side)];
  return svg(
    "pattern",
    { id, class: `fill-${id}`, width, height, patternUnits: "userSpaceOnUse" },
    svg("rect", { width, height }),
    svg("path", { d: marks }),
  );
}

export function chevron(): HTMLElement {
  return html(
    "span",
    { class: "chevron" },
    svg("svg", { ...hidden, viewBox: "0 0 12 12" }, svg("path", { d: "M2 4l4 4 4-4" })),
  );
}
