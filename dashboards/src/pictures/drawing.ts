import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchChromium } from "@aiwatch/testkit";
import type { AnsweredPanel, Mark, TimeSpan } from "./answers.ts";
import type { Theme } from "./options.ts";
import type { PageBundle } from "./page-bundle.ts";

/** All that the page draws. */
export interface Drawing {
  readonly title: string;
  /** Of the window, in pixels. */
  readonly width: number;
  readonly theme: Theme;
  readonly span: TimeSpan;
  readonly variables: readonly { readonly label: string; readonly value: string }[];
  readonly links: readonly string[];
  readonly panels: readonly AnsweredPanel[];
  readonly marks: readonly Mark[];
}

type Browser = Awaited<ReturnType<typeof launchChromium>>;

/** What became of a drawing. */
export interface Painted {
  /** Errors of the page. */
  readonly complaints: readonly string[];
  /** Of each panel and row, its title and all its text as it can be read, and the colours of the names in its legend. */
  readonly panels: readonly PaintedPanel[];
}

interface PaintedPanel {
  readonly title: string;
  readonly text: string;
  readonly canvases: number;
  readonly colors: Readonly<Record<string, string>>;
  /** Texts that do not fit where they stand, and how many pixels of lists are behind a scroll bar. */
  readonly cut: readonly string[];
}

export interface Painter {
  /** Draws into a PNG. */
  paint(drawing: Drawing, file: string): Promise<Painted>;
  close(): Promise<void>;
}

const scriptFor = (drawing: Drawing) => JSON.stringify(drawing).replaceAll("<", String.raw`\u003c`);

function html(drawing: Drawing, { script, styles }: PageBundle): string {
  const link = `<link rel="stylesheet" href="${pathToFileURL(styles)}">`;
  const data = `<script id="drawing" type="application/json">${scriptFor(drawing)}</script>`;
  return `<!doctype html><meta charset="utf-8">${link}<body>${data}<div id="board"></div><script src="${pathToFileURL(script)}"></script>`;
}

/** A Chromium that draws one board after the other. */
export async function painter(bundle: PageBundle, folder: string): Promise<Painter> {
  const browser = await launchChromium();
  return {
    paint: (drawing, file) => paint(browser, drawing, { bundle, folder, file }),
    close: () => browser.close(),
  };
}

async function paint(
  browser: Browser,
  drawing: Drawing,
  { bundle, folder, file }: { bundle: PageBundle; folder: string; file: string },
): Promise<Painted> {
  const source = join(folder, "page.html");
  await writeFile(source, html(drawing, bundle));
  const bottom = Math.max(...drawing.panels.map(({ place }) => place.y + place.h), 0);
  const viewport = { width: drawing.width, height: bottom + 200 };
  const page = await browser.newPage({ viewport, timezoneId: "UTC" });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  try {
    await page.goto(pathToFileURL(source).href);
    await page.waitForFunction("document.body.dataset.drawn === 'true'", undefined, { timeout: 120_000 });
    await page.locator("#board").screenshot({ path: file });
    return { complaints, panels: (await page.evaluate(readPanels)) as Painted["panels"] };
  } finally {
    await page.close();
  }
}

/** Run in the page. */
const readPanels = `[...document.querySelectorAll("#board .place")].map((place) => ({
  title: place.dataset.title,
  text: place.innerText,
  canvases: place.querySelectorAll("canvas").length,
  colors: Object.fromEntries([...place.querySelectorAll("[data-testid='series-icon']")].map((icon) => [
    icon.parentElement.innerText.trim(),
    getComputedStyle(icon).backgroundColor,
  ])),
  cut: [...new Set([...place.querySelectorAll("*")].flatMap((each) => {
    const { overflowX, overflowY } = getComputedStyle(each);
    const wide = each.scrollWidth - each.clientWidth;
    const high = each.scrollHeight - each.clientHeight;
    const ownText = [...each.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data).join("").trim();
    // one pixel is what is for screen readers alone
    if (each.clientWidth <= 1 || overflowX === "visible") return [];
    if (ownText !== "" && wide > 1) return ['"' + ownText + '" by ' + wide + " px"];
    const scrolls = (how, by) => (how === "auto" || how === "scroll") && by > 1;
    return [
      ...(scrolls(overflowX, wide) ? ["columns behind a scroll bar: " + wide + " px"] : []),
      ...(scrolls(overflowY, high) ? ["lines behind a scroll bar: " + high + " px"] : []),
    ];
  }))],
}))`;
