import { packWindow, unpackWindow, type WindowJson } from "../chats/window-json.ts";
import type { KnownModel } from "../models/model-board.ts";
import type { SummaryPart } from "./summary-part.ts";

/** A part on its way between two processes. */
export interface SummaryPartJson extends Omit<SummaryPart, "models" | "window"> {
  readonly models: readonly (readonly [model: string, known: KnownModelJson])[];
  readonly window: WindowJson;
}

interface KnownModelJson extends Omit<KnownModel, "rates"> {
  readonly rates: readonly (readonly [engine: string, rate: number])[];
}

export function packSummary({ models, window, ...part }: SummaryPart): SummaryPartJson {
  const packed = Array.from(models, ([model, known]) => [model, { ...known, rates: [...known.rates] }] as const);
  return { ...part, models: packed, window: packWindow(window) };
}

export function unpackSummary({ models, window, ...part }: SummaryPartJson): SummaryPart {
  const known = models.map(([model, packed]) => [model, { ...packed, rates: new Map(packed.rates) }] as const);
  return { ...part, models: new Map(known), window: unpackWindow(window) };
}
