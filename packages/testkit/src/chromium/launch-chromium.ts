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

/** A real Chromium without a window, for who closes it with `browser.close()`. Throws when none can be had. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = await needTool("chromium");
  // Loaded here, because tests without a browser need not pay for it.
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath, args: FLAGS, headless: true, env: { ...process.env, ...env } });
}
