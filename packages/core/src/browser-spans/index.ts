export { type BrowserSpanProcessor, type BrowserSpansOptions, browserSpans } from "./browser-spans.ts";
