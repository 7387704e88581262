import { setTimeout as delay } from "node:timers/promises";
import { describeWithTool, launchChromium, testServer } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PageApp, pageApp, type Route, reporterScript, running } from "./test-support/page-app.ts";
import { chatCompletion, uiMessages } from "./test-support/streams.ts";

type Browser = Awaited<ReturnType<typeof launchChromium>>;

const eventStream = { "content-type": "text/event-stream" };
const start = "const reporter = aiwatch.startReporter();";

describeWithTool("chromium", "the reporter in a real page", () => {
  let browser: Browser;
  let script: string;
  let app: PageApp;
  beforeAll(async () => {
    script = await reporterScript();
    browser = await launchChromium({ hasBackForwardCache: true });
  });
  afterAll(() => browser.close());
  afterEach(() => app.close());

  /** A page of the app that runs `code`. */
  async function open(code: string, route?: Route) {
    app = await pageApp(script, route);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(app.url + running(code));
    return { context, page, close: () => context.close() };
  }

  /** Until so many spans, errors or vitals are there, in whatever batches. */
  const until = (list: "spans" | "errors" | "vitals", count: number) =>
    expect.poll(() => app.all(list).length, { timeout: 20_000 }).toBe(count);

  describe("errors", () => {
    it("arrive once for each class and place, without their message", async () => {
      const { close } = await open(`${start}
        function fail() { throw new TypeError("secret"); }
        for (let at = 0; at < 3; at += 1) setTimeout(fail);
        function reject() { return Promise.reject(new RangeError("https://secret/secret:1:2")); }
        setTimeout(() => { void reject(); }); setTimeout(() => { void reject(); });
        setTimeout(() => { throw { name: "secret" }; });
        setTimeout(() => { void Promise.reject(new DOMException("secret", "AbortError")); });
        setTimeout(() => reporter.flush(), 200);`);
      await until("errors", 3);
      await delay(1500);
      expect(app.all("errors").sort((a, b) => a.type.localeCompare(b.type))).toEqual([
        { type: "RangeError", place: expect.stringMatching(/^page:\d+:\d+$/) },
        { type: "TypeError", place: expect.stringMatching(/^page:\d+:\d+$/) },
        { type: "unknown", place: expect.stringMatching(/^page:\d+:\d+$/) },
      ]);
      expect(JSON.stringify(app.posts.map(({ body }) => body))).not.toContain("secret");
      expect(await app.sample("genai_app_errors_total", { type: "TypeError", operation: "client" })).toBe(1);
      await close();
    });

    it("of a script name its path, and nothing behind it", async () => {
      const { page, close } = await open(start, (_req, res, path) => {
        if (path !== "/assets/app.js") return false;
        res.setHeader("content-type", "text/javascript").end("\n  throw new SyntaxError('secret');");
        return true;
      });
      await page.evaluate(
        `document.head.append(Object.assign(document.createElement("script"), { src: "/assets/app.js?user=ada" }))`,
      );
      await until("errors", 1);
      expect(app.all("errors")).toEqual([{ type: "SyntaxError", place: "/assets/app.js:2:9" }]);
      await close();
    });

    it("are at most fifty of a page", async () => {
      const { close } = await open(`${start}
        for (let at = 0; at < 80; at += 1) setTimeout(() => { throw Object.assign(new Error(), { name: "E" + at }); });
        setTimeout(() => reporter.flush(), 300);`);
      await until("errors", 50);
      await delay(1500);
      expect(app.all("errors")).toHaveLength(50);
      await close();
    });

    it("of a fetch count once, though its promise fails, too; aborts are none", async () => {
      const { close } = await open(
        `${start}
        void reporter.fetch("/cut");
        void reporter.fetch("/busy");
        void reporter.fetch("/hangs", { signal: AbortSignal.timeout(50) });
        const controller = new AbortController();
        reporter.fetch("/hangs", { signal: controller.signal }).catch(() => undefined);
        controller.abort(new Error("the reader stopped it"));
        setTimeout(() => reporter.flush(), 500);`,
        (req, res, path) => {
          if (path === "/cut") req.socket.destroy();
          else if (path === "/busy") res.writeHead(429).end();
          else return path === "/hangs";
          return true;
        },
      );
      await until("spans", 4);
      await delay(1500);
      expect(app.all("errors")).toEqual([]);
      const ends = app.all("spans").map(({ kind, outcome, errorType, status }) => [kind, outcome, errorType, status]);
      expect(ends.sort((a, b) => String(a).localeCompare(String(b)))).toEqual([
        ["request", "aborted", undefined, undefined],
        ["request", "failed", undefined, 429],
        ["request", "failed", "network", undefined],
        ["request", "failed", "timeout", undefined],
      ]);
      for (const type of ["network", "rate_limited", "timeout"])
        expect(await app.sample("genai_app_errors_total", { type, operation: "client" })).toBe(1);
      await close();
    });
  });

  describe("an answer", () => {
    /** Sends the first events at once, the next after a while, and then the rest. */
    const slowly =
      (events: readonly string[], before: number, ms: number): Route =>
      (_req, res, path) => {
        if (path !== "/chat") return false;
        res.writeHead(200, eventStream);
        res.write(events.slice(0, before).join(""));
        setTimeout(() => res.write(events[before] ?? ""), ms);
        setTimeout(() => res.end(events.slice(before + 1).join("")), ms + 300);
        return true;
      };

    it.each([
      ["the AI SDK's UI messages", uiMessages, 3],
      ["chat completions", chatCompletion, 1],
    ])("of %s is timed to its first text as it is painted, not to its first bytes", async (_name, events, before) => {
      const { page, close } = await open(start, slowly(events, before, 400));
      const text = await page.evaluate(`(async () => {
        const response = await reporter.fetch("/chat", { method: "POST", body: "{}" });
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let all = "";
        let isFirst = true;
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          all += value;
          if (!/delta":"|content":"/.test(all) || !isFirst) continue;
          isFirst = false;
          // the page is busy before it paints
          const until = performance.now() + 200;
          while (performance.now() < until);
        }
        return all;
      })()`);
      expect(text).toBe(events.join(""));
      await until("spans", 1);
      expect(app.posts.map(({ res }) => res.statusCode)).toEqual([204]);
      const [span] = app.all("spans");
      expect(span).toMatchObject({ kind: "answer", outcome: "answered", status: 200 });
      expect(span?.firstTextMs).toBeGreaterThanOrEqual(400);
      expect(span?.paintedMs).toBeGreaterThanOrEqual(600);
      expect(span?.durationMs).toBeGreaterThanOrEqual(700);
      expect(span?.paintedMs).toBeLessThanOrEqual(span?.durationMs ?? 0);
      expect(await app.sample("genai_app_client_first_token_seconds_count")).toBe(1);
      expect(await app.sample("genai_app_client_response_seconds_count")).toBe(1);
      await close();
    });

    it.each([["closed"], ["left"]])("in a page that is %s in the middle is one report, without an end", async (how) => {
      const { page, close } = await open(start, (_req, res, path) => {
        if (path !== "/chat") return false;
        res.writeHead(200, eventStream).write(chatCompletion.slice(0, 2).join(""));
        return true;
      });
      await page.evaluate(`(async () => {
        const response = await reporter.fetch("/chat", { method: "POST" });
        await response.body.getReader().read();
        await new Promise((resolve) => setTimeout(resolve, 200));
      })()`);
      if (how === "closed") await page.close();
      else await page.goto(`${app.url}/elsewhere`);
      await until("spans", 1);
      await delay(2000);
      expect(app.posts).toHaveLength(1);
      expect(app.all("spans")).toMatchObject([{ kind: "answer", outcome: "aborted", paintedMs: expect.any(Number) }]);
      expect(await app.sample("genai_app_client_first_token_seconds_count")).toBe(1);
      expect(await app.sample("genai_app_client_response_seconds_count")).toBe(0);
      expect(await app.sample("genai_app_client_answers_total", { outcome: "aborted" })).toBe(1);
      await close();
    });

    it("that breaks off is an error and its first text; one that its reader stops is no error", async () => {
      const { page, close } = await open(start, (_req, res, path) => {
        if (path !== "/cut" && path !== "/hangs") return false;
        res.writeHead(200, eventStream).write(chatCompletion.slice(0, 2).join(""));
        if (path === "/cut") setTimeout(() => res.destroy(), 200);
        return true;
      });
      const failures = await page.evaluate(`(async () => {
        const failureOf = async (call) => (await call).text().catch(String);
        const failures = [await failureOf(fetch("/cut")), await failureOf(reporter.fetch("/cut", { method: "POST" }))];
        const controller = new AbortController();
        const stopped = await reporter.fetch("/hangs", { method: "POST", signal: controller.signal });
        const reader = stopped.body.getReader();
        await reader.read();
        controller.abort();
        await reader.read().catch(() => undefined);
        await reporter.flush();
        return failures;
      })()`);
      const [plain, observed] = failures as string[];
      expect(plain).toMatch(/^TypeError: /);
      expect(observed).toBe(plain);
      await until("spans", 2);
      const ends = app
        .all("spans")
        .map(({ kind, outcome, errorType, firstTextMs }) => [kind, outcome, errorType, firstTextMs]);
      expect(ends).toEqual([
        ["answer", "failed", "network", expect.any(Number)],
        ["answer", "aborted", undefined, expect.any(Number)],
      ]);
      await close();
    });

    it("of one's own ends once, whatever is called then", async () => {
      const { page, close } = await open(start);
      await page.evaluate(`(async () => {
        const { firstToken, end } = reporter.answer();
        firstToken();
        end("answered");
        end("failed", 500);
        firstToken();
        reporter.answer().end("failed", 503);
        reporter.answer().end("aborted");
        await reporter.flush();
      })()`);
      await until("spans", 3);
      await delay(1500);
      expect(app.all("spans").map(({ outcome, status, errorType }) => [outcome, status, errorType])).toEqual([
        ["answered", undefined, undefined],
        ["failed", 503, undefined],
        ["aborted", undefined, undefined],
      ]);
      expect(await app.sample("genai_app_client_answers_total", { outcome: "left" })).toBe(1);
      await close();
    });

    it("whose end comes before its first text is painted ends when that is", async () => {
      const { page, close } = await open(start);
      await page.evaluate(`{
        const { firstToken, end } = reporter.answer();
        firstToken();
        end("answered");
        const until = performance.now() + 200;
        while (performance.now() < until);
      }`);
      await until("spans", 1);
      const [{ paintedMs, durationMs } = {}] = app.all("spans");
      expect(paintedMs).toBeGreaterThanOrEqual(200);
      expect(durationMs).toBe(paintedMs);
      await close();
    });

    it("in a tab in the background is timed to the arrival of its text", async () => {
      const { page, close } = await open(start);
      await page.evaluate(`(async () => {
        let state = "visible";
        Object.defineProperty(document, "visibilityState", { get: () => state });
        // a headless page paints on, later than it has the text
        const answer = async (hide) => {
          const { firstToken, end } = reporter.answer();
          firstToken();
          hide();
          const until = performance.now() + 200;
          while (performance.now() < until);
          await new Promise((resolve) => setTimeout(resolve, 300));
          end("answered");
        };
        await answer(() => undefined);
        await answer(() => {
          state = "hidden";
          document.dispatchEvent(new Event("visibilitychange"));
        });
        await answer(() => undefined);
      })()`);
      await until("spans", 3);
      expect(app.all("spans").map(({ paintedMs }) => paintedMs !== undefined)).toEqual([true, false, false]);
      for (const { firstTextMs } of app.all("spans")) expect(firstTextMs).toBeLessThan(200);
      await close();
    });
  });

  describe("trace context", () => {
    it("goes to the page's origin, to others that are listed, and breaks no call to one that is not", async () => {
      const seen: Record<string, string | undefined> = {};
      const others = await Promise.all(
        ["listed", "unlisted"].map((name) =>
          testServer((req, res) => {
            res.setHeader("access-control-allow-origin", "*");
            if (name === "listed") res.setHeader("access-control-allow-headers", "traceparent");
            if (req.method !== "OPTIONS") seen[name] = req.headers["traceparent"] as string | undefined;
            res.end(name);
          }),
        ),
      );
      const urls = others.map(({ url }) => url);
      const { page, close } = await open(
        `const reporter = aiwatch.startReporter({ propagateTo: [${JSON.stringify(`${urls[0]}/v1`)}] });`,
        (req, res, path) => {
          if (!path.startsWith("/own")) return false;
          seen[path] = req.headers["traceparent"] as string;
          res.end(path);
          return true;
        },
      );
      const own = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`;
      const texts = await page.evaluate(`(async () => {
        const calls = [
          reporter.fetch("/own"),
          reporter.fetch("/own/header", { headers: { traceparent: "${own}" } }),
          reporter.fetch(new Request("/own/request", { headers: { "x-tea": "green" } })),
          ...${JSON.stringify(urls)}.map((url) => reporter.fetch(url)),
        ];
        return Promise.all(calls.map(async (call) => (await call).text()));
      })()`);
      expect(texts).toEqual(["/own", "/own/header", "/own/request", "listed", "unlisted"]);
      const begun = expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(seen).toEqual({
        "/own": begun,
        "/own/header": own,
        "/own/request": begun,
        listed: begun,
        unlisted: undefined,
      });
      expect(new Set(Object.values(seen)).size).toBe(5);
      await close();
      await Promise.all(others.map((other) => other.close()));
    });
  });

  describe("sending", () => {
    it("waits while the browser is offline, and goes on when it is back", async () => {
      const { context, page, close } = await open(start);
      await context.setOffline(true);
      await page.evaluate(`for (let at = 0; at < 3; at += 1) reporter.answer().end("answered");`);
      // more often than a message is sent
      for (let at = 0; at < 3; at += 1) await page.evaluate("reporter.flush()");
      await delay(2500);
      expect(app.posts).toEqual([]);
      await context.setOffline(false);
      await until("spans", 3);
      await delay(1500);
      expect(app.posts).toHaveLength(1);
      await close();
    });

    it("brings two batches of 40,000 bytes at once, which browsers refuse with keepalive", async () => {
      const { page, close } = await open(start);
      const refused = `(async () => {
        const headers = { "content-type": "application/json" };
        const post = (body, keepalive) =>
          fetch("/aiwatch/browser", { method: "POST", headers, body, keepalive }).then((response) => response.text());
        const body = JSON.stringify({ errors: [{ type: "x".repeat(40_000) }] });
        const all = await Promise.allSettled([post(body, true), post(body, true)]);
        return all.map(({ status }) => status);
      })()`;
      expect(await page.evaluate(refused)).toEqual(["fulfilled", "rejected"]);
      const before = app.posts.length;
      await page.evaluate(`(async () => {
        const outbox = new aiwatch.Outbox({ fetch: fetch.bind(globalThis), url: "", headers: () => ({}), about: {} });
        const flushed = [0, 1].map(() => {
          outbox.add("errors", { type: "x".repeat(40_000) });
          return outbox.flush(true);
        });
        await Promise.all(flushed);
      })()`);
      await expect.poll(() => app.posts.length, { timeout: 20_000 }).toBe(before + 2);
      await close();
    });

    it("uses the app's headers and another path", async () => {
      const { page, close } = await open(
        `const reporter = aiwatch.startReporter({ url: "/api", headers: () => ({ authorization: "Bearer tea" }) });`,
        (req, res, path) => {
          if (path === "/api/aiwatch/browser") res.setHeader("x-authorization", String(req.headers.authorization));
          return false;
        },
      );
      const answered = page.waitForResponse(/\/api\/aiwatch\/browser$/);
      await page.evaluate(`reporter.answer().end("answered"); reporter.flush()`);
      expect(await (await answered).headerValue("x-authorization")).toBe("Bearer tea");
      await close();
    });

    it("sends nothing of a page that is not in the sample, and adds no trace to its calls", async () => {
      const { page, close } = await open(`const reporter = aiwatch.startReporter({ sample: 0 });
        setTimeout(() => { throw new Error(); });`);
      const asked = page.waitForRequest(/elsewhere/);
      await page.evaluate(`reporter.answer().end("answered"); void reporter.fetch("/elsewhere");`);
      expect(await (await asked).headerValue("traceparent")).toBeNull();
      await page.evaluate("reporter.flush()");
      await delay(1500);
      expect(app.posts).toEqual([]);
      await close();
    });

    it("ends with stop(): what was kept goes, and nothing that comes later", async () => {
      const { page, close } = await open(`const reporter = aiwatch.startReporter(); const answer = reporter.answer();`);
      await page.evaluate(`reporter.answer().end("answered"); reporter.stop(); answer.end("answered");
        setTimeout(() => { throw new Error(); });`);
      await until("spans", 1);
      await delay(1500);
      expect(app.posts).toHaveLength(1);
      await close();
    });
  });

  it("takes web vitals as web-vitals reports them, each once a visit, and no layout shift", async () => {
    const { page, close } = await open(`const on = {};
      const follow = (name) => (report) => { on[name] = report; };
      const vitals = { onLCP: follow("LCP"), onINP: follow("INP"), onCLS: follow("CLS") };
      const reporter = aiwatch.startReporter({ vitals });`);
    const followed = await page.evaluate(`(async () => {
      on.LCP({ name: "LCP", id: "v5-1", value: 250 });
      on.INP({ name: "INP", id: "v5-2", value: 40 });
      on.INP({ name: "INP", id: "v5-2", value: 80 });
      await reporter.flush();
      return Object.keys(on);
    })()`);
    expect(followed).toEqual(["LCP", "INP"]);
    await until("vitals", 2);
    expect(app.all("vitals")).toEqual([
      { name: "LCP", ms: 250 },
      { name: "INP", ms: 40 },
    ]);
    expect(await app.sample("genai_app_client_web_vital_seconds_sum", { name: "LCP" })).toBe(0.25);
    await close();
  });

  it("lets the page into the back/forward cache, and goes on when it comes back", async () => {
    const { page, close } = await open(`${start}
      const opened = reporter.answer();
      opened.firstToken();
      addEventListener("pageshow", ({ persisted }) => {
        if (!persisted) return;
        opened.end("answered");
        setTimeout(() => { throw new EvalError(); });
        const answer = reporter.answer();
        answer.firstToken();
        setTimeout(() => answer.end("answered"), 100);
      });`);
    await page.goto(`${app.url}/elsewhere`);
    await until("spans", 1);
    await page.evaluate("history.back()").catch(() => undefined);
    await until("spans", 2);
    await until("errors", 1);
    await delay(1500);
    expect(app.all("errors").map(({ type }) => type)).toEqual(["EvalError"]);
    expect(app.all("spans").map(({ outcome }) => outcome)).toEqual(["aborted", "answered"]);
    await close();
  });
});
