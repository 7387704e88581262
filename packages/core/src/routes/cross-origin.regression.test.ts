import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { clientReports } from "../reports/client-reports.ts";
import { doors } from "../test-support/doors.ts";
import { serve, serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { type HandlerOptions, routeHandler } from "./handlers.ts";

const listed = "https://app.example";
const such = 'such as "http://localhost:5173", or "*" in place of the list';
const routes = { models: true };
const readable = ["/metrics/summary", "/models", "/health", "/readiness", "/livez", "/readyz"];

/** The headers by which an answer is open to a page. */
const opened = ({ headers }: Response) =>
  ["access-control-allow-origin", "access-control-allow-credentials"].map((name) => headers.get(name));

describe.each(Object.values(doors))("AIWatch's routes behind the door of $name", (door) => {
  const preflight = (url: string, origin: string, method: string) =>
    fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": method } });

  it("can be read by pages of listed origins, and by no others; the metrics by none", async () => {
    const { url } = await serve(door, [], { routes, reports: clientReports(), allowedOrigins: [listed] });
    for (const path of readable) {
      const response = await fetch(url + path, { headers: { origin: listed } });
      expect([path, response.headers.get("vary"), ...opened(response)]).toEqual([path, "origin", listed, "true"]);
      for (const origin of ["https://evil.example", `${listed}.evil.example`, "null"]) {
        expect(opened(await fetch(url + path, { headers: { origin } }))).toEqual([null, null]);
      }
    }
    expect(opened(await fetch(`${url}/metrics`, { headers: { origin: listed } }))).toEqual([null, null]);
  });

  it("answer the preflights of those pages, and leave all other OPTIONS to the app", async () => {
    const { url, requests } = await serve(door, [], {
      routes,
      reports: clientReports(),
      allowedOrigins: [listed],
      authorize: () => false,
    });
    for (const path of readable) {
      const response = await preflight(url + path, listed, "GET");
      const methods = response.headers.get("access-control-allow-methods");
      expect([response.status, methods, ...opened(response)]).toEqual([204, "GET, HEAD", listed, "true"]);
      expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
      expect((await fetch(url + path, { headers: { origin: listed } })).status).toBe(403);
    }
    const count = requests.length;
    await preflight(`${url}/health`, "https://evil.example", "GET");
    await fetch(`${url}/health`, { method: "OPTIONS", headers: { origin: listed } });
    await preflight(`${url}/metrics`, listed, "GET");
    await expect.poll(() => requests.length).toBe(count + 3);
    expect(requests.slice(count).map(({ own }) => own)).toEqual([false, false, false]);
  });

  it("take the beacon of a listed page, which always has its credentials with it", async () => {
    const { url } = await serve(door, [], { routes, reports: clientReports(), allowedOrigins: [listed] });
    for (const path of ["/metrics/log", "/metrics/error", "/aiwatch/browser"]) {
      const response = await preflight(url + path, listed, "POST");
      expect([response.status, response.headers.get("access-control-allow-methods")]).toEqual([204, "POST"]);
      expect(opened(response)).toEqual([listed, "true"]);
    }
  });

  it("let a page read when to come again, also where they refuse", async () => {
    const { url } = await serve(door, [], {
      routes,
      allowedOrigins: [listed],
      reports: clientReports({ perClientPerMinute: 0 }),
    });
    const headers = { origin: listed, "content-type": "application/json" };
    const response = await fetch(`${url}/metrics/log`, { method: "POST", body: "{}", headers });
    expect([response.status, ...opened(response)]).toEqual([429, listed, "true"]);
    expect(response.headers.get("access-control-expose-headers")).toBe("retry-after, x-request-id");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("are everybody's to read where the app says so, and never with a user's credentials", async () => {
    const { url } = await serve(door, [], { routes, reports: clientReports(), allowedOrigins: "*" });
    for (const path of readable) {
      expect(opened(await fetch(url + path, { headers: { origin: "https://any.example" } }))).toEqual(["*", null]);
      expect(opened(await preflight(url + path, "https://any.example", "GET"))).toEqual(["*", null]);
    }
    expect(opened(await fetch(`${url}/metrics`, { headers: { origin: "https://any.example" } }))).toEqual([null, null]);
  });

  it("say nothing of origins where none is listed", async () => {
    const { url } = await serve(door, [], { routes, reports: clientReports() });
    for (const path of readable) {
      const response = await fetch(url + path, { headers: { origin: listed } });
      expect([...opened(response), response.headers.get("vary")]).toEqual([null, null, null]);
    }
  });

  it.each([
    ...[`${listed}/`, "app.example", "https://App.example", "https://app.example:443", "https://app.example/chat"],
    ...["app.example:8443", "localhost:5173", "localhost", "192.168.1.5:5173", "[::1]:5173", "//localhost:5173"],
    ...["capacitor://localhost/", "capacitor:localhost", "mailto:ada@app.example", "https://*.app.example", "*", "", 5],
  ])("are refused an origin that no browser sends: %s", async (origin) => {
    const { aiwatch } = createTestAiwatch();
    const allowedOrigins = [origin] as readonly string[];
    const message = `allowedOrigins is ${JSON.stringify(origin)}, expected origins ${such}`;
    await expect(async () => door.build(aiwatch, [], { allowedOrigins })).rejects.toThrow(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }),
    );
    expect(() => routeHandler(aiwatch, "summary", { allowedOrigins })).toThrow(/allowedOrigins/);
  });

  it.each(["http://localhost:3000", "http://[::1]:3000", "capacitor://localhost", "chrome-extension://abc", "null"])(
    "take any origin that a browser sends: %s",
    async (origin) => {
      const { url } = await serve(door, [], { allowedOrigins: [origin] });
      expect(opened(await fetch(`${url}/health`, { headers: { origin } }))).toEqual([origin, "true"]);
    },
  );
});

it.each([
  ["a text", "https://app.example", '"https://app.example"'],
  ["an empty text", "", '""'],
  ["null", null, "null"],
  ["an object", {}, "an object"],
  ["a set", new Set(["https://app.example"]), "an object"],
  ["a number", 5, "5"],
  ["true", true, "true"],
])("%s in place of the list of origins is refused by name", (_, allowed, shown) => {
  const { aiwatch } = createTestAiwatch();
  const options = { allowedOrigins: allowed } as HandlerOptions;
  const message = `allowedOrigins is ${shown}, expected a list of origins ${such}`;
  for (const name of ["summary", "metrics"] as const) {
    expect(() => routeHandler(aiwatch, name, options)).toThrow(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }),
    );
  }
});

describe("headers that the app has set before", () => {
  /** @param allowedOrigins of ours @param headers of the app's */
  async function answerOf(allowedOrigins: readonly string[] | "*", headers: object, method = "GET") {
    const { url } = await serveWith((aiwatch) => {
      const handler = routeHandler(aiwatch, "summary", { allowedOrigins });
      return createServer((req, res) => {
        for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
        void handler(req, res);
      });
    });
    return fetch(url, { method, headers: { origin: listed, "access-control-request-method": "GET" } });
  }

  it.each<[string | readonly string[], string]>([
    ["accept-encoding", "accept-encoding, origin"],
    ["Accept-Encoding, Cookie", "Accept-Encoding, Cookie, origin"],
    [["accept-encoding", "cookie"], "accept-encoding, cookie, origin"],
    ["Origin", "Origin"],
    ["cookie,ORIGIN", "cookie,ORIGIN"],
    ["x-origin", "x-origin, origin"],
    ["*", "*"],
  ])("keep their Vary, with the origin in it once: %s", async (vary, expected) => {
    expect((await answerOf([listed], { vary })).headers.get("vary")).toBe(expected);
  });

  it.each(["GET", "OPTIONS"])("keep their word on who may read the answer: %s", async (method) => {
    const cors = { "access-control-allow-origin": "https://own.example", vary: "accept" };
    for (const allowed of ["*", [listed]] as const) {
      const response = await answerOf(allowed, cors, method);
      expect([...opened(response), response.headers.get("vary")]).toEqual(["https://own.example", null, "accept"]);
    }
  });

  it("and on what a page may send", async () => {
    const { status, headers } = await answerOf([listed], { "access-control-allow-methods": "PUT" }, "OPTIONS");
    expect([status, headers.get("access-control-allow-methods")]).toEqual([204, "PUT"]);
    expect(headers.get("access-control-max-age")).toBe("600");
  });
});
