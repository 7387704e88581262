import type { ChatPhase } from "@aiwatch/core/summary-schema";
import type { ChatRow, ChatRows, PhaseName } from "./chat-rows.ts";
import { html, type Part, PartPool, setAttribute, setText, show } from "./nodes.ts";
import type { Objective } from "./objectives.ts";
import type { ContextView, LineFigure, NowView, Outcome, TileView } from "./panel-view.ts";
import { barPart, coursePart, type Icon, iconPart, swatch } from "./shapes.ts";
import type { Note, PanelState, Standing } from "./standing.ts";

/** The parts of the panel, each with its nodes and how its view is put into them. */

const iconOf: Readonly<Record<PanelState, Icon>> = {
  loading: "ring",
  empty: "ring",
  live: "disc",
  degraded: "warning",
  slow: "warning",
  stale: "clock",
  failing: "cross",
  idle: "dash",
};

export function badgePart(): Part<Standing> {
  const icon = iconPart();
  const words = html("span");
  const node = html("span", {}, icon.node, words);
  return {
    node,
    draw({ state, words: text }) {
      setAttribute(node, "class", `badge ${state}`);
      icon.draw(iconOf[state]);
      setText(words, text);
    },
  };
}

export function notePart(): Part<Note | undefined> {
  const strong = html("b");
  const text = html("span");
  const node = html("p", {}, strong, text);
  return {
    node,
    draw(note) {
      show(node, note !== undefined);
      setAttribute(node, "class", note?.isBad ? "note bad" : "note");
      setText(strong, note?.strong ?? "");
      setText(text, note?.text ?? "");
    },
  };
}

export function tilesPart(): Part<readonly TileView[] | undefined> {
  const node = html("dl", { class: "tiles" });
  const tiles = new PartPool<TileView>(tilePart);
  return {
    node,
    draw(view) {
      show(node, view !== undefined);
      tiles.draw([[node, view ?? []]], ({ name }) => name);
    },
  };
}

function tilePart(): Part<TileView> {
  const name = html("dt");
  const value = html("b");
  const unit = html("small");
  const [first, more] = [html("span"), html("span")];
  const sub = html("dd", { class: "sub" }, first, " ", more);
  const caption = html("dd", { class: "caption" });
  const shapes = shapesPart();
  const node = html(
    "div",
    { class: "tile" },
    name,
    html("dd", { class: "value" }, value, " ", unit),
    sub,
    shapes.node,
    caption,
  );
  return {
    node,
    draw(view) {
      const isAwaited = view.value === undefined;
      setAttribute(node, "class", tileClass(view));
      setText(name, view.name);
      setText(value, view.value ?? "–");
      setText(unit, view.unit ?? "");
      setText(first, `${view.isOver ? "▲ " : ""}${view.sub ?? ""}`);
      setText(more, view.more ?? "");
      for (const each of [sub, shapes.node]) show(each, !isAwaited);
      shapes.draw(view);
      show(caption, view.caption !== undefined);
      setText(caption, view.caption ?? "");
    },
  };
}

/** What is not drawn yet keeps its place: a young tile is as high as others. */
function tileClass({ value, course, mix, isOver }: TileView): string {
  if (value === undefined) return "tile awaited";
  const isYoung = course === undefined && mix === undefined;
  return ["tile", isYoung && "young", isOver && "over"].filter(Boolean).join(" ");
}

function shapesPart(): Part<TileView> {
  const course = coursePart();
  const mix = barPart<Outcome>();
  const node = html("dd", { class: "shapes", "aria-hidden": "true" }, course.node, mix.node);
  return {
    node,
    draw(view) {
      show(course.node, view.mix === undefined);
      if (view.course) course.draw(view.course);
      show(mix.node, view.mix !== undefined);
      mix.draw(view.mix ?? []);
    },
  };
}

/** A heading, what is to its right, and what is below. */
function section(name: string, ...content: readonly Node[]) {
  const aside = html("span");
  const node = html("div", { class: "section" }, html("h3", {}, html("span", {}, name), aside), ...content);
  return { node, aside };
}

export interface LanesView {
  readonly now: NowView | undefined;
  readonly rows: ChatRows | undefined;
}

/** The chats under way and the latest that ended: a chat that ends keeps its node, and with it the focus. */
export function lanesPart(): Part<LanesView> {
  const rows = new PartPool<ChatRow>(rowPart);
  const [going, ended] = [html("ul"), html("ul")];
  const hidden = html("p", { class: "more" });
  const now = section("Now", going, hidden);
  const latest = section("Latest answers", ended);
  const legend = legendPart();
  const node = html("div", { class: "lanes" }, now.node, latest.node, legend.node);
  return {
    node,
    draw(view) {
      show(node, view.now !== undefined);
      const { text = "", isNobody = false } = view.now ?? {};
      setText(now.aside, isNobody ? "" : text);
      const { underWay = [], ended: over = [], hidden: more = 0, fullWidth = "", phases = [] } = view.rows ?? {};
      rows.draw(
        [
          [going, underWay],
          [ended, over],
        ],
        ({ key }) => key,
      );
      show(going, underWay.length > 0);
      show(hidden, isNobody || more > 0);
      setAttribute(hidden, "class", isNobody ? "more nobody" : "more");
      setText(hidden, isNobody ? text : `and ${more} more under way`);
      show(latest.node, over.length > 0);
      setText(latest.aside, `full width ${fullWidth}`);
      legend.draw(phases);
    },
  };
}

function rowPart(): Part<ChatRow> {
  const mark = html("span");
  const text = html("a");
  const figure = html("span", { class: "figure" });
  const spoken = html("span", { class: "spoken" });
  const bar = barPart<ChatPhase>();
  const node = html("li", {}, html("span", { class: "what" }, mark, text), figure, bar.node, spoken);
  return {
    node,
    draw(row) {
      setAttribute(
        node,
        "class",
        [row.isMine && "mine", row.isFailed && "failed", row.isUnderWay && "going"].filter(Boolean).join(" "),
      );
      setText(mark, `${row.isMine ? "yours: " : ""}${row.isFailed ? "✕ " : ""}`);
      setText(text, row.text);
      setAttribute(text, "href", row.href);
      setText(figure, row.figure);
      bar.draw(row.pieces);
      setText(spoken, row.spoken);
    },
  };
}

function legendPart(): Part<readonly PhaseName[]> {
  const node = html("p", { class: "legend" });
  const samples = new PartPool<PhaseName>(samplePart);
  return {
    node,
    draw(phases) {
      show(node, phases.length > 0);
      samples.draw([[node, phases]], ({ phase, name }) => phase + name);
    },
  };
}

function samplePart(): Part<PhaseName> {
  const node = html("span");
  return {
    node,
    draw({ phase, name }) {
      if (node.firstChild === null) node.append(swatch(phase), name);
    },
  };
}

export function objectivesPart(): Part<readonly Objective[]> {
  const list = html("ul", { class: "objectives" });
  const { node } = section("Objectives", list);
  const rows = new PartPool<Objective>(objectivePart);
  return {
    node,
    draw(view) {
      show(node, view.length > 0);
      rows.draw([[list, view]], ({ name }) => name);
    },
  };
}

const verdicts = { held: "✓ held", over: "▲ over", none: "can’t tell" } as const;

function objectivePart(): Part<Objective> {
  const [name, goal, verdict, measured] = [html("span"), html("span"), html("b"), html("span")];
  const reason = html("span", { class: "reason" });
  const pair = (...of: readonly Node[]) => html("span", { class: "pair" }, ...of);
  const node = html("li", {}, pair(html("span", { class: "what" }, name), verdict), pair(goal, measured), reason);
  goal.className = "goal";
  measured.className = "figure";
  return {
    node,
    draw(view) {
      setText(name, view.name);
      setText(goal, `goal ${view.goal}`);
      setAttribute(verdict, "class", view.verdict ?? "none");
      setText(verdict, verdicts[view.verdict ?? "none"]);
      setText(measured, view.measured ?? "no figure");
      show(reason, view.reason !== undefined);
      setText(reason, view.reason ?? "");
    },
  };
}

export function contextsPart(): Part<readonly ContextView[]> {
  const list = html("ul");
  const { node, aside } = section("Context in use", list);
  const rows = new PartPool<ContextView & { readonly isAlone: boolean }>(contextPart);
  return {
    node,
    draw(view) {
      const [first] = view;
      show(node, first !== undefined);
      // of one model, its name is in the panel's title
      setText(aside, view.length === 1 ? (first?.text ?? "") : "");
      rows.draw([[list, view.map((each) => ({ ...each, isAlone: view.length === 1 }))]], ({ name }) => name);
    },
  };
}

function contextPart(): Part<ContextView & { readonly isAlone: boolean }> {
  const name = html("span", { class: "what" });
  const text = html("span", { class: "figure" });
  const bar = barPart<"used">();
  const node = html("li", {}, name, text, bar.node);
  return {
    node,
    draw(view) {
      setAttribute(node, "class", view.isAlone ? "alone" : "several");
      setText(name, view.name);
      setText(text, view.text);
      bar.draw(view.pieces);
    },
  };
}

export function textsPart(tag: "p" | "span", className: string): Part<readonly string[]> {
  const node = html("div", { class: className });
  const texts = new PartPool<readonly [string, string]>(() => textPart(tag));
  return {
    node,
    draw(view) {
      show(node, view.length > 0);
      texts.draw([[node, view.map((text, at) => [String(at), text] as const)]], ([at]) => at);
    },
  };
}

function textPart(tag: "p" | "span"): Part<readonly [string, string]> {
  const node = html(tag);
  return { node, draw: ([, text]) => setText(node, text) };
}

export function factsPart(): Part<readonly (readonly string[])[]> {
  const node = html("div", { class: "facts" });
  const lines = new PartPool<readonly [string, readonly string[]]>(() => {
    const line = textsPart("span", "fact");
    return { node: line.node, draw: ([, texts]) => line.draw(texts) };
  });
  return {
    node,
    draw(view) {
      show(node, view.length > 0);
      lines.draw([[node, view.map((texts, at) => [String(at), texts] as const)]], ([at]) => at);
    },
  };
}

/** The figures of the compact view, in one line. */
export function linePart(): Part<readonly LineFigure[]> {
  const node = html("div", { class: "in-short" });
  const figures = new PartPool<LineFigure>(() => {
    const [value, name] = [html("b"), html("span")];
    const figure = html("span", {}, value, " ", name);
    return {
      node: figure,
      draw(view) {
        setAttribute(
          figure,
          "class",
          ["k", view.isOptional && "optional", view.isBad && "bad"].filter(Boolean).join(" "),
        );
        setText(value, view.value);
        setText(name, view.name);
      },
    };
  });
  return { node, draw: (view) => figures.draw([[node, view]], ({ name }) => name) };
}
