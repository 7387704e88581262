import { startReporter } from "./reporter.ts";

// what a script tag loads, which imports nothing: `dist/aiwatch-browser.js`
Object.assign(globalThis, { aiwatch: { startReporter } });
