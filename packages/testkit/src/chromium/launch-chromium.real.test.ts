import { expect, it } from "vitest";
import { testServer } from "../server/test-server.ts";
import { describeWithTool } from "../tools/describe-with-tool.ts";
import { launchChromium } from "./launch-chromium.ts";

const PAGE = `<!doctype html><title>tea</title><p style="font: 40px 'DejaVu Sans'"><span id="wide">mmmm</span> <span id="narrow">iiii</span></p>
<script>document.title += " is ready"</script>`;

describeWithTool("chromium", "launchChromium", () => {
  it("runs a page's script and draws text with a real font", async () => {
    const app = await testServer((_, response) => response.setHeader("content-type", "text/html").end(PAGE));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(app.url);
      expect(await page.title()).toBe("tea is ready");
      const widthOf = async (id: string) => (await page.locator(id).boundingBox())!.width;
      expect(await widthOf("#wide")).toBeGreaterThan((await widthOf("#narrow")) * 2);
      expect((await page.screenshot()).byteLength).toBeGreaterThan(1_000);
    } finally {
      await browser.close();
      await app.close();
    }
  });
});
