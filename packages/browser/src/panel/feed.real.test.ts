import type { ServerResponse } from "node:http";
import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Browser, PanelPage } from "./test-support/panel-page.ts";
import { gone, type Handler, held, json, type PanelServer, startPanelServer } from "./test-support/panel-server.ts";
import { ended, idle, live, slow, underWay, withoutChats } from "./test-support/samples.ts";

const src = "/metrics/summary";
const stream = "/metrics/live";
const chats = "/metrics/chats";

describeWithTool("chromium", "where a panel's figures come from, in a real browser", () => {
  let browser: Browser;
  let server: PanelServer;
  let shown: PanelPage;
  /** The streams that are open. */
  let readers: Set<ServerResponse>;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    readers = new Set();
    server = await startPanelServer();
    server.routes.set(src, json(withoutChats));
    server.routes.set(stream, (_req, res) => {
      res.setHeader("content-type", "text/event-stream");
      res.write("retry: 50\n\n");
      send(res, "summary", {
        summary: withoutChats,
        chats: { schema: 2, underWay: 3, chats: [...underWay, ...ended] },
      });
      readers.add(res);
      res.on("close", () => readers.delete(res));
    });
    shown = await PanelPage.open(browser, server);
    await shown.page.clock.pauseAt(Date.now() + 60_000);
  });
  afterEach(async () => {
    await shown.close();
    await server.close();
  });

  const send = (res: ServerResponse, event: string, data: unknown) =>
    res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const panel = (attributes: Readonly<Record<string, string>>) => shown.draw({ panel: {} }, attributes);
  const asked = (path: string) => server.asked.filter((each) => each.path === path).length;
  const pass = (ms: number) => shown.page.clock.runFor(ms);

  /** Time passes in small steps until the badge says so: an answer of the network comes in its own time. */
  const says = (words: RegExp, stepMs = 20) =>
    expect
      .poll(async () => {
        await pass(stepMs);
        return shown.panel("panel").locator(".badge").textContent();
      })
      .toMatch(words);

  /** Time passes until the summary was asked once more, and its answer is there. */
  const look = async (ms: number) => {
    const answered = shown.page.waitForEvent("requestfinished", (request) => request.url().endsWith(src));
    await pass(ms);
    await answered;
  };

  /** The page goes out of sight, or comes back. */
  const see = (isSeen: boolean) =>
    shown.page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, !isSeen);

  it("asks every three seconds, and shows what is new", async () => {
    await panel({ src });
    await says(/^live$/);
    expect(asked(src)).toBe(1);
    server.routes.set(src, json(slow));
    await pass(3100);
    await says(/^slow$/);
    expect(asked(src)).toBe(2);
  });

  it("asks less often while nothing answers, says so, and is back with the first answer", async () => {
    server.routes.set(src, gone);
    await panel({ src });
    await says(/^out of reach$/);
    const before = asked(src);
    for (const seconds of [6, 12, 24, 30, 30]) {
      const count = asked(src);
      await pass(seconds * 1000 - 1500);
      expect(asked(src), `before ${seconds} s`).toBe(count);
      const failed = shown.page.waitForEvent("requestfailed");
      await pass(2000);
      await failed;
      expect(asked(src), `after ${seconds} s`).toBe(count + 1);
    }
    expect(asked(src)).toBe(before + 5);
    server.routes.set(src, json(withoutChats));
    await pass(30_100);
    await says(/^live$/);
  });

  it("keeps the last figures while nothing answers, with their age", async () => {
    await panel({ src });
    await says(/^live$/);
    server.routes.set(src, (_req, res) => void res.writeHead(502).end());
    await pass(3100);
    await says(/^no figures for \d s$/);
    expect(await shown.panel("panel").locator(".note").first().textContent()).toContain(`${src} answers 502.`);
    expect(await shown.panel("panel").locator(".value").first().textContent()).toBe("124 ms median");
  });

  it("has the chats of their own route, and asks it no more once it is refused", async () => {
    server.routes.set(chats, json({ schema: 2, underWay: 3, chats: [...underWay, ...ended] }));
    await panel({ src, chats });
    await says(/^live$/);
    expect(await shown.panel("panel").locator(".lanes li").count()).toBe(8);
    server.routes.set(chats, (_req, res) => void res.writeHead(403).end());
    await look(3100);
    await look(3100);
    expect([asked(src), asked(chats)]).toEqual([3, 2]);
    await says(/^live$/);
    expect(await shown.panel("panel").locator(".lanes li").count()).toBe(0);
  });

  it("shows what a stream says, and asks nothing beside it", async () => {
    await panel({ src, stream });
    await says(/^live$/);
    expect(await shown.panel("panel").locator(".lanes li").count()).toBe(8);
    const [reader] = readers;
    const [own] = underWay;
    const changed = [{ ...own, outputTokens: 250 }];
    send(reader as ServerResponse, "tick", {
      elapsedMs: 1000,
      summary: { now: { ...live.now, queued: 7 } },
      chats: { underWay: 2, changed, gone: ["b"] },
    });
    await expect
      .poll(async () => {
        await pass(100);
        return shown.panel("panel").locator(".value").nth(2).textContent();
      })
      .toBe("7 ");
    expect(await shown.panel("panel").locator(".lanes a").first().textContent()).toBe("writing · 250 tokens");
    expect(await shown.panel("panel").locator(".lanes li").count()).toBe(7);
    await pass(9000);
    expect([asked(stream), asked(src)]).toEqual([1, 0]);
  });

  it("polls where the server has no stream for it, and tries the stream again after a while", async () => {
    const open = server.routes.get(stream);
    server.routes.set(stream, (_req, res) => void res.writeHead(503).end());
    await panel({ src, stream });
    await says(/^live$/);
    expect([asked(stream), asked(src)]).toEqual([1, 1]);
    server.routes.set(stream, open as never);
    for (let at = 0; at < 9; at += 1) await look(3100);
    await pass(3100);
    await expect.poll(() => readers.size).toBe(1);
    const polled = asked(src);
    await pass(9000);
    expect(asked(src)).toBe(polled);
  });

  it("asks as well where the stream alone is out of reach, and rests with its first event", async () => {
    const open = server.routes.get(stream);
    server.routes.set(stream, gone);
    await panel({ src, stream });
    await says(/^live$/);
    await look(3100);
    server.routes.set(stream, open as never);
    for (let at = 0; at < 8; at += 1) await look(3100);
    await pass(3100);
    await expect.poll(() => readers.size).toBe(1);
    await says(/^live$/);
    const polled = asked(src);
    await pass(9000);
    expect([asked(src), readers.size]).toEqual([polled, 1]);
  });

  it.each<[string, Handler]>([
    ["without a word", held],
    [
      "after its head",
      (_req, res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        res.flushHeaders();
      },
    ],
  ])("asks while a stream is held back %s, and goes on waiting for it", async (_name, hold) => {
    const held: ServerResponse[] = [];
    server.routes.set(stream, (req, res) => {
      hold(req, res);
      held.push(res);
    });
    await panel({ src, stream });
    await pass(3000);
    expect(asked(src)).toBe(0);
    await says(/^live$/);
    await look(3100);
    // an answer that is under way when the stream speaks is of before
    const late: ServerResponse[] = [];
    server.routes.set(src, (_req, res) => void late.push(res));
    await pass(3100);
    await expect.poll(() => late.length).toBe(1);
    const [reader] = held;
    if (!reader?.headersSent) reader?.setHeader("content-type", "text/event-stream");
    send(reader as ServerResponse, "summary", { summary: idle, chats: { schema: 2, underWay: 0, chats: [] } });
    await says(/^idle/);
    late[0]?.setHeader("content-type", "application/json");
    late[0]?.end(JSON.stringify(withoutChats));
    const polled = asked(src);
    for (let at = 0; at < 20; at += 1) {
      await pass(500);
      expect(await shown.panel("panel").locator(".badge").textContent()).toMatch(/^idle/);
    }
    expect([asked(stream), asked(src)]).toEqual([1, polled]);
  });

  it("asks for the stream anew after long silence, and figures go on meanwhile", async () => {
    server.routes.set(stream, held);
    await panel({ src, stream });
    await says(/^live$/);
    for (let at = 0; at < 13; at += 1) await look(3100);
    await expect.poll(() => asked(stream)).toBe(2);
    const polled = asked(src);
    await look(3100);
    expect(asked(src)).toBe(polled + 1);
    await says(/^live$/);
  });

  it("connects again after a cut, says nothing of it, and says it where that fails", async () => {
    await panel({ stream });
    await says(/^live$/);
    for (const reader of readers) reader.destroy();
    await expect.poll(() => asked(stream)).toBe(2);
    await pass(300);
    expect(await shown.panel("panel").locator(".badge").textContent()).toBe("live");
    const open = server.routes.get(stream);
    server.routes.set(stream, gone);
    for (const reader of readers) reader.destroy();
    // it waits longer after each try: in smaller steps that takes minutes on a slow machine
    await says(/^out of reach/, 200);
    server.routes.set(stream, open as never);
    await says(/^live$/, 200);
  });

  it("connects anew where a stream says nothing for long", async () => {
    await panel({ stream });
    await says(/^live$/);
    await pass(26_000);
    await says(/s old$/);
    await pass(16_000);
    await expect.poll(() => asked(stream)).toBe(2);
    await says(/^live$/);
    await expect.poll(() => readers.size).toBe(1);
  });

  it.each([
    ["a stream", { src, stream }],
    ["polling", { src }],
  ])("rests while nobody looks, and looks again at once: %s", async (_name, attributes) => {
    await panel(attributes);
    await says(/^live$/);
    await see(false);
    await expect.poll(() => readers.size).toBe(0);
    const before = server.asked.length;
    await pass(60_000);
    expect(server.asked.length).toBe(before);
    await see(true);
    await expect.poll(() => server.asked.length).toBe(before + 1);
    await says(/^live$/);
  });

  it("ends with the element, and begins again where its address changes", async () => {
    await panel({ src, stream });
    await says(/^live$/);
    await shown.panel("panel").evaluate((element) => element.setAttribute("stream", "/metrics/live?other"));
    await expect.poll(() => asked(stream)).toBe(2);
    await expect.poll(() => readers.size).toBe(1);
    await shown.panel("panel").evaluate((element) => element.remove());
    await expect.poll(() => readers.size).toBe(0);
    await pass(60_000);
    expect([asked(stream), asked(src)]).toEqual([2, 0]);
  });

  it("has several panels for several servers side by side", async () => {
    server.routes.set("/other", json({ ...slow, service: "other" }));
    await shown.draw({ one: {} }, { src });
    await shown.draw({ two: {} }, { src: "/other" });
    await expect
      .poll(async () => {
        await pass(100);
        return shown.page.locator("aiwatch-panel .badge").allTextContents();
      })
      .toEqual(["live", "slow"]);
  });
});
