import type { Browser } from "playwright-core";
import { needTool } from "../tools/fetch-tool.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface ChromiumOptions {
  /** Keeps pages that are left, and brings them back, as readers' browsers do. Playwright cannot look into a page that came back. @default false */
  readonly hasBackForwardCache?: boolean;
}

/** A real Chromium without a window, for who closes it with `browser.close()`. Throws when none can be had. */
export async function launchChromium({ hasBackForwardCache = false }: ChromiumOptions = {}): Promise<Browser> {
  const { executablePath, env } = await needTool("chromium");
  // Loaded here, because tests without a browser need not pay for it.
  const { chromium } = await import("playwright-core");
  const ignoreDefaultArgs = hasBackForwardCache ? ["--disable-back-forward-cache"] : [];
  const options = { executablePath, args: FLAGS, ignoreDefaultArgs, headless: true };
  return await chromium.launch({ ...options, env: { ...process.env, ...env } });
}
