/** The little that drawing in place needs: nodes are made once, and what has not changed is not touched. */

/** A part of the panel: its node, and how a view is put into it. */
export interface Part<View> {
  readonly node: HTMLElement | SVGElement;
  draw(view: View): void;
}

type Attributes = Readonly<Record<string, string>>;

export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  return withAll(document.createElement(tag), attributes, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[Tag] {
  return withAll(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function withAll<Of extends Element>(element: Of, attributes: Attributes, children: readonly (Node | string)[]): Of {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The element's text, as one text node that stays. */
export function setText(element: Element, text: string): void {
  const node = element.firstChild;
  if (!(node instanceof Text)) element.textContent = text;
  else if (node.data !== text) node.data = text;
}

/** @param value undefined removes the attribute */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function show(element: Element, isShown: boolean): void {
  if (element.hasAttribute("hidden") === isShown) element.toggleAttribute("hidden", !isShown);
}

/** Parts by their keys: what is listed again keeps its node, also where it went to another parent. */
export class PartPool<Item> {
  readonly #parts = new Map<string, Part<Item>>();
  readonly #make: () => Part<Item>;

  constructor(make: () => Part<Item>) {
    this.#make = make;
  }

  /** Draws the items of each parent, in their order, and removes what is in none of them. */
  draw(lists: readonly (readonly [parent: Element, items: readonly Item[]])[], keyOf: (item: Item) => string): void {
    const keys = new Set<string>();
    const placed = lists.map(
      ([parent, items]) => [parent, items.map((item) => this.#drawn(item, keyOf(item), keys))] as const,
    );
    for (const [key, { node }] of this.#parts) {
      if (keys.has(key)) continue;
      node.remove();
      this.#parts.delete(key);
    }
    for (const [parent, nodes] of placed) place(parent, nodes);
  }

  /** Ids come from clients: where two items have the same key, the second gets another. */
  #drawn(item: Item, wanted: string, keys: Set<string>): Element {
    let key = wanted;
    while (keys.has(key)) key += "'";
    keys.add(key);
    const part = this.#parts.get(key) ?? this.#make();
    this.#parts.set(key, part);
    part.draw(item);
    return part.node;
  }
}

function place(parent: Element, nodes: readonly Element[]): void {
  nodes.forEach((node, at) => {
    const there = parent.children[at];
    if (there !== node) parent.insertBefore(node, there ?? null);
  });
}
