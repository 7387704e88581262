import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launchChromium } from "@aiwatch/testkit";
import { idOf, recordSamples } from "./recorded.ts";
import { tracesApp } from "./traces-app.ts";
import { TracesPage } from "./traces-page.ts";

// Draws the pages of the traces, wide and narrow, in both themes and with forced colours: pictures.ts [FOLDER]

const folder = process.argv[2] ?? "pictures";
await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([launchChromium(), tracesApp(recordSamples())]);

const wide = { width: 1280, height: 760 };
const phone = { width: 380, height: 780 };
const looks = {
  light: { viewport: wide, colorScheme: "light" },
  dark: { viewport: wide, colorScheme: "dark" },
  phone: { viewport: phone, colorScheme: "light" },
  "phone-dark": { viewport: phone, colorScheme: "dark" },
  "forced-colours": { viewport: wide, forcedColors: "active", colorScheme: "dark" },
} as const;
const paths = {
  list: "/traces",
  chosen: "/traces?model=tiny-chat&outcome=answered",
  answered: `/traces/${idOf("7")}`,
  tool: `/traces/${idOf("1")}`,
  failed: `/traces/${idOf("4")}`,
  missing: `/traces/${idOf("a")}`,
};

for (const [look, options] of Object.entries(looks)) {
  for (const [name, path] of Object.entries(paths)) {
    const shown = await TracesPage.open(browser, options);
    await shown.page.goto(server.url + path);
    if (name === "answered") await shown.page.locator("details").last().locator("summary").click();
    await shown.page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    await shown.close();
  }
}
await browser.close();
await server.close();
