import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launchChromium } from "@aiwatch/testkit";
import { PanelPage } from "./panel-page.ts";
import { startPanelServer } from "./panel-server.ts";
import { scenes } from "./samples.ts";

// Draws every state of the panel in both themes, narrow, wide, compact and with forced colours: pictures.ts [FOLDER]

const folder = process.argv[2] ?? "pictures";
await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([launchChromium(), startPanelServer()]);

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 380, height: 780 } };
const looks = {
  "states-light": [{ ...wide, colorScheme: "light" }, {}],
  "states-dark": [{ ...wide, colorScheme: "dark" }, {}],
  "wide-light": [{ ...wide, colorScheme: "light" }, { class: "wide" }],
  "phone-light": [{ ...phone, colorScheme: "light" }, {}],
  "phone-dark": [{ ...phone, colorScheme: "dark" }, {}],
  "compact-light": [
    { ...wide, viewport: { width: 760, height: 900 }, colorScheme: "light" },
    { class: "wide", view: "compact" },
  ],
  "compact-phone-dark": [
    { ...phone, colorScheme: "dark" },
    { class: "wide", view: "compact" },
  ],
  "forced-colours": [{ ...wide, forcedColors: "active", colorScheme: "dark" }, {}],
} as const;

/** So many are seen at once without being made small. */
const onePicture = 4;
const all = Object.entries(scenes);

for (const [name, [look, attributes]] of Object.entries(looks)) {
  for (let from = 0; from < all.length; from += onePicture) {
    const shown = await PanelPage.open(browser, server, look);
    await shown.draw(Object.fromEntries(all.slice(from, from + onePicture)), attributes);
    await shown.page.screenshot({ path: join(folder, `${name}-${1 + from / onePicture}.png`), fullPage: true });
    await shown.close();
  }
}
await browser.close();
await server.close();
