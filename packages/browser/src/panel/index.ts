import { AiwatchPanel } from "./panel-element.ts";

export type { PanelData } from "./panel-data.ts";
export { AiwatchPanel };

declare global {
  interface HTMLElementTagNameMap {
    "aiwatch-panel": AiwatchPanel;
  }
}

// two copies of the package on one page: the first one stays
if (globalThis.customElements?.get("aiwatch-panel") === undefined) {
  globalThis.customElements?.define("aiwatch-panel", AiwatchPanel);
}
