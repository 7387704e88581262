import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const pageFolder = new URL("page/", import.meta.url);

/** Nothing from elsewhere, and nobody may frame the page. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The files of the page, each by the name that it has below `/page/`: those of the folder, those that the traces have as well, and what it uses of packages,
 * as they were installed. Nothing is bundled.
 *
 * @returns {ReadonlyMap<string, string>} absolute paths
 */
export function pageFiles() {
  /** @type {(name: string, base: URL | string) => [string, string]} */
  const at = (name, base) => [basename(name), fileURLToPath(new URL(name, base))];
  const browser = import.meta.resolve("@aiwatch/browser/package.json");
  return new Map([
    ...readdirSync(pageFolder).map((name) => at(name, pageFolder)),
    at("looks.css", import.meta.url),
    at("icon.svg", import.meta.url),
    at("dist/aiwatch-browser.js", browser),
    at("dist/aiwatch-panel.js", browser),
    at("web-vitals.js", import.meta.resolve("web-vitals")),
  ]);
}
