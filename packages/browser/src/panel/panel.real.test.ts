import { describeWithTool, launchChromium } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import type { AiwatchPanel } from "./panel-element.ts";
import { type Browser, idOf, type Look, PanelPage } from "./test-support/panel-page.ts";
import { type PanelServer, startPanelServer } from "./test-support/panel-server.ts";
import { empty, ended, live, scenes, slow, underWay } from "./test-support/samples.ts";

/** The browser's own complaint of a connection that breaks. */
const ofBroken = /ERR_EMPTY_RESPONSE/;

describeWithTool("chromium", "the panel in a real browser", () => {
  let browser: Browser;
  let server: PanelServer;
  let shown: PanelPage;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startPanelServer();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  afterEach(async () => {
    await shown.close();
    expect(shown.complaints.filter((complaint) => !ofBroken.test(complaint))).toEqual([]);
  });

  async function open(look: Look = {}, attributes: Readonly<Record<string, string>> = {}, drawn = scenes) {
    shown = await PanelPage.open(browser, server, look);
    await shown.draw(drawn, attributes);
  }

  const badges: Readonly<Record<keyof typeof scenes, RegExp>> = {
    live: /^live$/,
    empty: /^ready$/,
    "not set up": /^not set up$/,
    connecting: /^connecting$/,
    loading: /^loading$/,
    slow: /^slow$/,
    stale: /^4[2-9] s old$/,
    "out of reach": /^out of reach for 2[4-9] s$/,
    "never reached": /^out of reach$/,
    "not ready": /^not ready$/,
    stopping: /^shutting down$/,
    degraded: /^degraded$/,
    idle: /^idle for 21 min$/,
    strangers: /^live$/,
    "without chats": /^live$/,
  };

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    test.each([380, 1440])(
      "every state is drawn under a strict policy, %i px wide, and axe finds nothing",
      async (width) => {
        await open({ colorScheme, viewport: { width, height: 900 } });
        for (const [name, words] of Object.entries(badges)) {
          expect(await shown.panel(name).locator(".badge").textContent(), name).toMatch(words);
        }
        expect(await shown.violations()).toEqual([]);
        expect(await shown.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
          0,
        );
      },
    );

    test.each([380, 1440])("so is each compact one, closed and open, %i px wide", async (width) => {
      await open({ colorScheme, viewport: { width, height: 900 } }, { view: "compact", class: "wide" });
      expect(await shown.panel("live").locator(".tiles").isVisible()).toBe(false);
      expect(await shown.panel("live").locator(".in-short").innerText()).toMatch(/1\s+in line/);
      expect(await shown.violations()).toEqual([]);
      await shown.panel("live").getByRole("button", { name: "All figures", expanded: false }).click();
      await shown.panel("live").locator(".tiles").waitFor({ state: "visible" });
      expect(await shown.violations()).toEqual([]);
      await shown.panel("live").getByRole("button", { name: "All figures", expanded: true }).click();
      await shown.panel("live").locator(".tiles").waitFor({ state: "hidden" });
      expect(await shown.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    });
  });

  test("with forced colours axe finds nothing, and the phases have a pattern each", async () => {
    await open({ forcedColors: "active", viewport: { width: 1440, height: 900 } });
    expect(await shown.violations()).toEqual([]);
    const fills = await shown
      .panel("live")
      .locator("li .piece")
      .evaluateAll((pieces) => pieces.map((piece) => `${piece.getAttribute("class")} ${piece.getAttribute("fill")}`));
    expect(new Set(fills)).toEqual(
      new Set([
        "piece before null",
        "piece line url(#line)",
        "piece queue url(#queue)",
        "piece prompt url(#prompt)",
        "piece decode null",
        "piece tool url(#tool)",
        "piece used null",
      ]),
    );
  });

  it.each(["light", "dark"])("has the theme that is asked for, whatever the system's is: %s", async (theme) => {
    await open({ colorScheme: theme === "light" ? "dark" : "light" }, { theme }, { live: scenes["live"] ?? {} });
    const ground = await shown
      .panel("live")
      .locator(".panel")
      .evaluate((panel) => getComputedStyle(panel).backgroundColor);
    expect(ground).toBe(theme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 22, 29)");
  });

  it("paints phases alike with forced colours and without, as a page's own bars are", async () => {
    const fillsWith = async (look: Look) => {
      await shown?.close();
      await open({ colorScheme: "light", ...look }, {}, { live: { data: live } });
      const bars = shown.panel("live").locator("li .piece:is(.before, .decode), pattern path");
      return bars.evaluateAll((pieces) =>
        pieces.map(
          (piece) =>
            Object.values(getComputedStyle(piece)).length &&
            [getComputedStyle(piece).fill, getComputedStyle(piece).stroke].find((paint) => paint !== "none"),
        ),
      );
    };
    const usual = await fillsWith({});
    expect(usual).toContain("rgb(59, 87, 214)");
    expect((await fillsWith({ forcedColors: "active" })).filter((_, at) => usual[at] === "rgb(59, 87, 214)")).toEqual(
      usual.filter((paint) => paint === "rgb(59, 87, 214)"),
    );
  });

  describe.each([322, 472, 960])("while it is read, %i px wide", (width) => {
    const viewport = { width: width + 32, height: 900 };

    it("keeps the chats where they are as the server becomes slow, and says why below them", async () => {
      await open({ viewport }, { class: "wide" }, { live: { data: live } });
      const tops = () =>
        shown
          .panel("live")
          .locator(".tiles, .lanes li")
          .evaluateAll((nodes) => nodes.map((node) => Math.round(node.getBoundingClientRect().top)));
      const before = await tops();
      await shown.set("live", { ...slow, underWay: live.underWay });
      await shown.settle();
      expect(await shown.panel("live").locator(".badge").textContent()).toBe("slow");
      expect(await tops()).toEqual(before);
      expect(await shown.panel("live").locator(".reason").first().innerText()).toMatch(/^The wait alone is over/);
    });

    it("grows by four chats at most, and by none as the first one comes", async () => {
      const chats = (many: number) =>
        Array.from({ length: many }, (_, at) => ({ ...underWay[2], key: `k${at}`, requestId: `r${at}` }));
      const going = (many: number) => ({
        ...live,
        now: { ...live.now, chats: many, active: many },
        chats: [...chats(many), ...ended],
        underWay: many,
      });
      await open({ viewport }, { class: "wide", mine: "" }, { live: { data: going(0) as never } });
      const top = () =>
        shown
          .panel("live")
          .locator(".lanes .section")
          .nth(1)
          .evaluate((node) => node.getBoundingClientRect().top);
      const topOf = async (many: number) => {
        await shown.set("live", going(many));
        await shown.settle();
        return top();
      };
      const [none, one, four, ten] = [await top(), await topOf(1), await topOf(4), await topOf(10)];
      expect(Math.abs(one - none)).toBeLessThanOrEqual(1);
      expect(await shown.panel("live").locator(".lanes ul").first().locator("li").count()).toBe(4);
      expect(ten - four).toBeLessThanOrEqual(30);
    });

    it("has a note of one line beside figures", async () => {
      const outOfReach = "Last figures: /gone does not answer.";
      await open({ viewport }, { class: "wide" }, scenes);
      for (const name of ["out of reach", "not ready", "stopping", "degraded"]) {
        const note = shown.panel(name).locator(".body > .note").first();
        const lines = await note.evaluate(
          (node) => node.clientHeight / Number.parseFloat(getComputedStyle(node).lineHeight),
        );
        expect(Math.round(lines), name).toBe(1);
      }
      expect(await shown.panel("out of reach").locator(".body > .note").first().textContent()).toBe(outOfReach);
    });

    it("never cuts the reader's own row", async () => {
      const [answered] = ended;
      const own = { ...answered, requestId: "request-a", outputTokens: 11_451, firstTokenMs: 18_700 };
      await open(
        { viewport },
        { class: "wide" },
        { live: { data: { ...live, chats: [own, ...ended.slice(1)] } as never } },
      );
      const what = shown.panel("live").locator("li.mine .what");
      expect(await what.innerText()).toBe("yours: answered · 11,451 tokens");
      expect(await what.evaluate((node) => node.scrollWidth - node.clientWidth)).toBeLessThanOrEqual(0);
    });
  });

  it("has a compact line whose height no figure changes, at whatever width", async () => {
    await open({}, { view: "compact", class: "wide" });
    for (const width of [322, 380, 480, 640, 800, 900, 1200]) {
      await shown.page.setViewportSize({ width: width + 32, height: 900 });
      const heights = await shown.page.evaluate(() =>
        [...document.querySelectorAll("aiwatch-panel")].map(({ clientHeight }) => clientHeight),
      );
      expect(new Set(heights).size, `${width}: ${heights}`).toBe(1);
    }
  });

  it("has as its large figure the one that is over the objective, in the colour of what is bad", async () => {
    await open({ colorScheme: "light" }, {}, { slow: { data: slow } });
    const value = shown.panel("slow").locator(".value").first();
    expect(await value.textContent()).toBe("3.90 s");
    expect(await value.locator("b").evaluate((node) => getComputedStyle(node).color)).toBe("rgb(179, 38, 30)");
    expect(await shown.panel("slow").locator(".sub").first().textContent()).toBe("▲ for 95 of 100 median 740 ms");
  });

  it("has a row's whole height and width lead to its trace", async () => {
    await open({}, {}, { live: { data: live } });
    const row = shown.panel("live").locator("li.mine");
    const hit = await row.evaluate((node) => {
      const { left, top, right, bottom } = node.getBoundingClientRect();
      const root = node.getRootNode() as ShadowRoot;
      const places = [
        [left + 2, top + 2],
        [right - 2, (top + bottom) / 2],
        [(left + right) / 2, bottom - 2],
      ] as const;
      return places.map(([x, y]) => root.elementFromPoint(x, y)?.tagName);
    });
    expect(hit).toEqual(["A", "A", "A"]);
    expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(24);
  });

  it("has texts of 12 px and more, which grow with the reader's size and not with the page's root", async () => {
    const sizes = () =>
      shown.page.evaluate(() =>
        [...document.querySelectorAll("aiwatch-panel")].flatMap(({ shadowRoot }) =>
          [...(shadowRoot?.querySelectorAll("*") ?? [])]
            .filter((node) => [...node.childNodes].some((child) => child instanceof Text && child.data.trim() !== ""))
            .map((node) => Number.parseFloat(getComputedStyle(node).fontSize)),
        ),
      );
    await open();
    const usual = await sizes();
    expect(usual.length).toBeGreaterThan(100);
    expect(Math.min(...usual)).toBeGreaterThanOrEqual(12);
    await shown.page.evaluate(() => document.documentElement.style.setProperty("font-size", "62.5%"));
    expect(await sizes()).toEqual(usual);
    const session = await shown.page.context().newCDPSession(shown.page);
    await session.send("Page.setFontSizes", { fontSizes: { standard: 24 } });
    expect((await sizes()).map((size) => size.toFixed(1))).toEqual(usual.map((size) => (size * 1.5).toFixed(1)));
    expect(await shown.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it("shows the JSON's numbers", async () => {
    await open({}, {}, { live: { data: live } });
    const texts = async (selector: string) =>
      (await shown.panel("live").locator(selector).allTextContents()).map((text) => text.trim());
    const { window, now, models } = live;
    expect(await texts(".value")).toEqual([
      `${window.firstTokenMs.p50} ms median`,
      `${window.tokensPerSecond.p50} tokens/s`,
      `${now.queued}`,
      `${window.failed} of ${window.chats}`,
    ]);
    expect(await texts(".sub")).toEqual([
      `95 of 100 within ${window.firstTokenMs.p95} ms`,
      "median answer",
      `95 of 100 wait up to ${window.queueMs.p95} ms`,
      `${window.refused} refused, ${window.aborted} stopped`,
    ]);
    expect(await texts("h3")).toEqual([
      `Now${now.active} answering, ${now.tokensPerSecond} tokens/s together`,
      "Latest answersfull width 5.30 s",
      "Objectives",
      "Context in usefullest sequence 14 %, 711 tokens in all",
    ]);
    expect(await texts(".lanes a")).toEqual([
      `writing · ${underWay[0]?.outputTokens} tokens`,
      "reading the prompt · 1,840 tokens",
      "in line · place 1",
      `answered · ${ended[0]?.outputTokens} tokens`,
      `answered · ${ended[1]?.outputTokens} tokens`,
      `stopped · ${ended[2]?.outputTokens} tokens`,
      "context overflow",
      "refused",
    ]);
    expect(await texts(".fact span")).toEqual([
      "F16",
      "34 MiB",
      "context 4,096",
      "CPU",
      `${models[0]?.threadsUsed} thread`,
      `loaded in ${models[0]?.loadMs} ms`,
      "up 2 h",
    ]);
    expect(await shown.panel("live").locator("li.mine").textContent()).toContain("yours: writing");
    // what is drawn is no empty definition for readers of a screen
    expect(await shown.panel("live").locator("dd:not([aria-hidden], [hidden])", { hasText: /^$/ }).count()).toBe(0);
    expect(await shown.panel("live").getByRole("link").first().getAttribute("href")).toBe(
      `/traces/${underWay[0]?.traceId}`,
    );
  });

  /** The server some ticks later: a first chat that writes, and from the half on has ended. */
  const later = (tick: number) => {
    const [own, ...others] = underWay;
    const outputTokens = 196 + tick;
    const going = { ...own, ageMs: 4523 + tick * 250, ms: { ...own?.ms, decode: 4100 + tick * 250 }, outputTokens };
    const { phase: _, ageMs: __, ...rest } = going;
    const over = { ...rest, outcome: "answered", endedMsAgo: 0 };
    const chats = tick < 25 ? [going, ...others, ...ended] : [...others, over, ...ended];
    return {
      ...live,
      now: { ...live.now, tokensPerSecond: 90 + (tick % 9) },
      window: { ...live.window, chats: 54 + tick, answered: 48 + tick, firstTokenMs: { p50: 124 + tick, p95: 418 } },
      series: {
        ...live.series,
        tokensPerSecond: live.series.tokensPerSecond.map((rate, at) => rate + ((tick + at) % 5)),
      },
      chats,
    };
  };

  it("is patched in place: no node is made anew, and the focus stays where it is, also as the chat ends", async () => {
    await open({}, {}, { live: { data: later(0) as never } });
    const link = shown.panel("live").getByRole("link", { name: /^writing/ });
    await link.focus();
    await shown.page.evaluate((id) => {
      const root = document.getElementById(id)?.shadowRoot as ShadowRoot;
      Object.assign(globalThis, {
        before: [...root.querySelectorAll("*")],
        focused: root.activeElement,
        added: 0,
        root,
      });
      new MutationObserver((changes) => {
        const { before } = globalThis as unknown as { before: Element[] };
        const fresh = changes
          .flatMap(({ addedNodes }) => [...addedNodes])
          .filter((node) => node instanceof Element && !before.includes(node));
        Object.assign(globalThis, { added: (globalThis as unknown as { added: number }).added + fresh.length });
      }).observe(root, { childList: true, subtree: true });
    }, idOf("live"));
    for (let tick = 1; tick <= 50; tick += 1) {
      await shown.set("live", later(tick));
      await shown.page.clock.runFor(250);
      const focus = await shown.page.evaluate(() => {
        const { root, focused } = globalThis as unknown as { root: ShadowRoot; focused: Element };
        return root.activeElement === focused;
      });
      expect(focus, `after ${tick} patches`).toBe(true);
    }
    const { added, kept } = await shown.page.evaluate(() => {
      const { added, before } = globalThis as unknown as { added: number; before: Element[] };
      return { added, kept: before.filter((node) => !node.isConnected).length };
    });
    expect({ added, gone: kept }).toEqual({ added: 0, gone: 0 });
    expect(await shown.panel("live").locator("a:focus").textContent()).toBe("answered · 246 tokens");
    expect(await shown.panel("live").locator(".value").first().textContent()).toBe("174 ms median");
  });

  it("draws four times a second at most, and then the newest", async () => {
    await open({}, {}, { live: { data: later(0) as never } });
    const drawn = await shown.page.evaluate(
      ([id, all]) => {
        const value = document.getElementById(id)?.shadowRoot?.querySelector(".value b") as Element;
        Object.assign(globalThis, { seen: [] });
        new MutationObserver(() => (globalThis as unknown as { seen: unknown[] }).seen.push(value.textContent)).observe(
          value,
          { characterData: true, subtree: true },
        );
        for (const data of all) (document.getElementById(id) as AiwatchPanel).data = data as never;
        return value.textContent;
      },
      [idOf("live"), Array.from({ length: 40 }, (_, tick) => later(tick))] as const,
    );
    expect(drawn).toBe("124");
    await shown.page.clock.runFor(300);
    expect(await shown.page.evaluate(() => (globalThis as unknown as { seen: unknown[] }).seen)).toEqual(["163"]);
  });

  it("neither grows nor leaks over 500 updates", async () => {
    await open({}, {}, { live: { data: later(0) as never } });
    const session = await shown.page.context().newCDPSession(shown.page);
    await session.send("Performance.enable");
    const update = (from: number, to: number) =>
      shown.page.evaluate(([id, all]) => Object.assign(globalThis, { panel: document.getElementById(id), all }), [
        idOf("live"),
        Array.from({ length: to - from }, (_, at) => later((from + at) % 50)),
      ] as const);
    const measure = async () => {
      await shown.page.evaluate(() => Object.assign(globalThis, { all: [] }));
      await session.send("HeapProfiler.collectGarbage");
      const { metrics } = await session.send("Performance.getMetrics");
      const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
      return { nodes: of("Nodes"), listeners: of("JSEventListeners"), heap: of("JSHeapUsedSize") };
    };
    const run = async (times: number) => {
      await update(0, 50);
      for (let at = 0; at < times; at += 1) {
        await shown.page.evaluate((tick) => {
          const { panel, all } = globalThis as unknown as { panel: AiwatchPanel; all: never[] };
          panel.data = all[tick % all.length];
        }, at);
        await shown.page.clock.runFor(250);
      }
    };
    // until all is compiled
    await run(500);
    const warm = await measure();
    await run(500);
    // what one collection leaves, the next may find; what leaks stays
    await expect
      .poll(async () => {
        const { listeners, nodes, heap } = await measure();
        const [moreNodes, moreHeap] = [nodes - warm.nodes, heap - warm.heap];
        return { listeners, nodesOver: Math.max(0, moreNodes - 50), bytesOver: Math.max(0, moreHeap - 300_000) };
      })
      .toEqual({ listeners: warm.listeners, nodesOver: 0, bytesOver: 0 });
  });

  it("takes what was set before the element was defined", async () => {
    shown = await PanelPage.open(browser, server, {}, false);
    await shown.draw({ live: { data: live } });
    expect(await shown.panel("live").evaluate((panel) => panel.shadowRoot)).toBeNull();
    await shown.define();
    await shown.settle();
    expect(await shown.panel("live").locator(".value").first().textContent()).toBe("124 ms median");
    await shown.set("live", slow);
    await shown.settle();
    expect(await shown.panel("live").locator(".badge").textContent()).toBe("slow");
  });

  it("says a state once it has held, and never a number by itself", async () => {
    await open({}, {}, { live: { data: live } });
    const status = shown.panel("live").getByRole("status");
    const hold = async (data: unknown, seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        await shown.set("live", data);
        await shown.page.clock.runFor(1000);
      }
      return status.textContent();
    };
    expect(await hold(live, 8)).toBe("");
    expect(await hold(slow, 2)).toBe("");
    expect(await hold(live, 2)).toBe("");
    expect(await hold(slow, 7)).toBe("chat-example: slow");
    expect(await hold({ ...slow, now: { ...slow.now, queued: 9 } }, 3)).toBe("chat-example: slow");
    expect(await hold(empty, 1)).toBe("");
    expect(await hold(empty, 6)).toBe("chat-example: ready");
    // nothing was said meanwhile
    expect(await hold(slow, 2)).toBe("");
    expect(await hold(empty, 7)).toBe("");
  });

  it("shows a value that is no summary as a fault, beside the figures that it had", async () => {
    await open({}, {}, { live: { data: live } });
    await shown.set("live", { ...live, schema: 3 });
    await shown.settle();
    expect(await shown.panel("live").locator(".note").first().textContent()).toContain(
      "schema 3 is not known to this panel",
    );
    expect(await shown.panel("live").locator(".value").first().textContent()).toBe("124 ms median");
  });

  it("takes texts of the server as texts", async () => {
    const service = "<img src=x onerror=alert(1)>";
    await open({}, {}, { live: { data: { ...live, service } } });
    expect(await shown.panel("live").locator("h2").textContent()).toContain(service);
    expect(await shown.panel("live").locator("img").count()).toBe(0);
  });
});
