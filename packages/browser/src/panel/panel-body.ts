import { html, setAttribute, setText, show } from "./nodes.ts";
import {
  badgePart,
  contextsPart,
  factsPart,
  lanesPart,
  linePart,
  notePart,
  objectivesPart,
  textsPart,
  tilesPart,
} from "./panel-parts.ts";
import type { PanelView } from "./panel-view.ts";
import { chevron, coursePart, patterns } from "./shapes.ts";

/** How much of the panel is shown. */
export interface PanelShape {
  readonly isCompact: boolean;
  /** Whether a compact one shows the rest, too. */
  readonly isExpanded: boolean;
}

/** The nodes of a panel. They are made once and then filled. */
export class PanelBody {
  readonly node = html("div", { class: "panel", role: "group" });
  readonly #title = html("span");
  readonly #subtitle = html("small");
  readonly #heading = html("h2", {}, this.#title, " ", this.#subtitle);
  readonly #badge = badgePart();
  readonly #line = linePart();
  readonly #course = coursePart();
  readonly #short = html("div", { class: "short" }, this.#line.node, this.#course.node);
  readonly #toggle = html(
    "button",
    { type: "button", "aria-label": "All figures", "aria-controls": "body" },
    chevron(),
  );
  readonly #note = notePart();
  readonly #notes = textsPart("p", "notes note");
  readonly #tiles = tilesPart();
  readonly #lanes = lanesPart();
  readonly #objectives = objectivesPart();
  readonly #contexts = contextsPart();
  readonly #facts = factsPart();
  readonly #body = html("div", { class: "body", id: "body" });

  /** @param onToggle called when the reader opens or closes the rest of a compact panel */
  constructor(onToggle: () => void) {
    const parts = [this.#note, this.#tiles, this.#notes, this.#lanes, this.#objectives, this.#contexts, this.#facts];
    this.#body.append(...parts.map(({ node }) => node));
    this.node.append(
      html("header", {}, this.#heading, this.#badge.node, this.#short, this.#toggle),
      this.#body,
      patterns(),
    );
    this.#toggle.addEventListener("click", onToggle);
  }

  draw(view: PanelView, { isCompact, isExpanded }: PanelShape): void {
    const { title, subtitle, standing } = view;
    setAttribute(this.node, "aria-label", `${title}: figures of the model server`);
    setAttribute(this.node, "class", `panel${isCompact ? " compact" : ""}${standing.isOld ? " old" : ""}`);
    setText(this.#title, title);
    setText(this.#subtitle, subtitle);
    this.#badge.draw(standing);
    this.#drawShort(view, isCompact);
    setAttribute(this.#toggle, "aria-expanded", String(isExpanded));
    show(this.#body, !isCompact || isExpanded);
    this.#note.draw(standing.note);
    this.#tiles.draw(view.tiles);
    this.#notes.draw(view.notes);
    this.#lanes.draw({ now: view.now, rows: view.rows });
    this.#objectives.draw(view.objectives);
    this.#contexts.draw(view.contexts);
    this.#facts.draw(view.facts);
  }

  #drawShort({ line, tiles }: PanelView, isCompact: boolean): void {
    const course = tiles?.[0]?.course;
    for (const each of [this.#short, this.#toggle]) show(each, isCompact);
    this.#line.draw(line);
    show(this.#course.node, course !== undefined);
    if (course !== undefined) this.#course.draw(course);
  }
}
