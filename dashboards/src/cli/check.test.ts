import { closedAddress, type TestServer, testServer } from "@aiwatch/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { checkPanels } from "../checks/check-panels.ts";
import { cli } from "../test-support/run-cli.ts";

let server: TestServer | undefined;
afterEach(() => server?.close());

const answering = async (status: number, type: string, body: string) => {
  server = await testServer((_, response) => response.writeHead(status, { "content-type": type }).end(body));
  return server.url;
};

describe("check of what is no Prometheus", () => {
  it("nobody", async () => {
    const run = await cli("check", "--prometheus", `http://${closedAddress}`);
    expect(run).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^error: Prometheus is not reachable at .*ECONNREFUSED/),
    });
  });

  it.each([
    ["an HTML page", 200, "text/html", "<html>"],
    ["a 404", 404, "text/plain", "404 page not found"],
    ["another JSON", 200, "application/json", '{"database":"ok"}'],
    ["half an answer", 200, "application/json", '{"status":"succ'],
  ])("%s", async (_, status, type, body) => {
    const run = await cli("check", "--prometheus", await answering(status, type, body));
    const message = `is no Prometheus: /api/v1/query answers ${status} ${type}`;
    expect(run).toMatchObject({ code: 3, out: "", err: expect.stringContaining(message) });
  });

  it.each([
    ["prometheus", /Prometheus's URL is "prometheus", which is none: write it as http/],
    ["localhost:9090", /"localhost:9090", which is not one of HTTP/],
    ["http://admin:secret@localhost:9090", /a user or a password in it/],
  ])("%s", async (url, message) => {
    const run = await cli("check", "--prometheus", url);
    expect(run).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    expect(run.err).not.toContain("secret");
  });

  it.each([401, 403])("one that asks who asks: %i", async (status) => {
    const run = await cli("check", "--prometheus", await answering(status, "text/plain", "who?"));
    expect(run).toMatchObject({
      code: 4,
      err: expect.stringContaining(`wants to know who asks: it answers ${status}`),
    });
  });

  it("one that does not answer in time", async () => {
    server = await testServer(() => undefined);
    const error = await checkPanels({ url: server.url, timeoutMs: 50 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "AIWATCH_SERVER_UNREACHABLE",
      message: expect.stringContaining("no answer within 0.05 s"),
    });
  });

  it("ends when it is told to", async () => {
    server = await testServer(() => undefined);
    const wait = checkPanels({ url: server.url, signal: AbortSignal.timeout(20) });
    await expect(wait).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

describe("check of what answers as a Prometheus does, and says something else", () => {
  /** Right answers of an empty Prometheus, but for one path. */
  async function wrongAt(path: string, data: unknown): Promise<string> {
    const empty = { resultType: "vector", result: [] };
    let asked = 0;
    server = await testServer((request, response) => {
      const [at = ""] = (request.url ?? "").split("?");
      const isWrong = at === path && (path !== "/api/v1/query" || asked > 0);
      asked += 1;
      const right = at.startsWith("/api/v1/query") ? empty : at === "/api/v1/rules" ? { groups: [] } : ["job"];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: "success", data: isWrong ? data : right }));
    });
    return server.url;
  }
  const sample = [1, "2"];

  it.each([
    ["/api/v1/query", null, "the result of a query"],
    ["/api/v1/query", [], "the result of a query"],
    ["/api/v1/query", { resultType: "vector", result: null }, "the result of a query"],
    ["/api/v1/query", { resultType: "vector", result: [null] }, "the result of a query"],
    ["/api/v1/query", { resultType: "vector", result: [{ value: "2" }] }, "the result of a query"],
    ["/api/v1/query", { resultType: "vector", result: [{ value: [1, 2] }] }, "the result of a query"],
    ["/api/v1/query", { resultType: "scalar", result: null }, "the result of a query"],
    ["/api/v1/query_range", { resultType: "matrix", result: {} }, "the result of a query"],
    ["/api/v1/query_range", { resultType: "matrix", result: [{ values: [sample, null] }] }, "the result of a query"],
    ["/api/v1/label/__name__/values", null, "a list of texts"],
    ["/api/v1/label/__name__/values", {}, "a list of texts"],
    ["/api/v1/label/__name__/values", ["up", 1], "a list of texts"],
    ["/api/v1/rules", { groups: {} }, "a list of groups of rules"],
    ["/api/v1/rules", { groups: [null] }, "a list of groups of rules"],
    ["/api/v1/rules", { groups: [{ rules: {} }] }, "a list of groups of rules"],
    ["/api/v1/rules", { groups: [{ rules: [{ name: "up" }] }] }, "a list of groups of rules"],
  ])("%s: %j", async (path, data, called) => {
    const run = await cli("check", "--prometheus", await wrongAt(path, data), "--board", "llm-dashboard");
    const message = `is no Prometheus: ${path} answers 200 application/json whose data is not ${called}. Give the URL`;
    expect(run).toMatchObject({ code: 3, out: "", err: expect.stringContaining(message) });
  });

  it("a job's own labels as no list", async () => {
    const run = await cli("check", "--prometheus", await wrongAt("/api/v1/label/job/values", null), "--job", "chat");
    expect(run).toMatchObject({ code: 3, err: expect.stringContaining("/api/v1/label/job/values answers 200") });
  });

  it("no list of rules at all is what some servers have", async () => {
    const url = await wrongAt("/api/v1/rules", {});
    expect(await cli("check", "--prometheus", url, "--board", "llm-dashboard")).toMatchObject({ code: 1 });
  });
});

describe("check, of a Prometheus", () => {
  /** Says yes to the first question, and refuses what the panels ask. */
  async function refusing(): Promise<string[]> {
    const headers: string[] = [];
    server = await testServer((request, response) => {
      headers.push(request.headers.authorization ?? "");
      const isQuery = request.url === "/api/v1/query" || request.url === "/api/v1/query_range";
      const isFirst = headers.length === 1;
      const refusal = {
        status: "error",
        errorType: "execution",
        error: "query processing would load too many samples",
      };
      const vector = { status: "success", data: { resultType: "vector", result: [] } };
      const body = !isQuery ? { status: "success", data: [] } : isFirst ? vector : refusal;
      response.writeHead(isQuery && !isFirst ? 422 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    return headers;
  }

  it("that refuses queries: each says so, with what it was told", async () => {
    await refusing();
    const run = await cli("check", "--prometheus", server?.url ?? "", "--board", "llm-dashboard");
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/^ {2}QUERY REFUSED +Active requests: .*would load too many samples$/m);
  });

  it("sends a token with each question, and never shows it", async () => {
    const headers = await refusing();
    const run = await cli("check", "--prometheus", server?.url ?? "", "--token", "s3cret", "--json");
    expect(new Set(headers)).toEqual(new Set(["Bearer s3cret"]));
    expect(run.out + run.err).not.toContain("s3cret");
  });

  it.each([
    [
      "a reason that is none",
      ["--ignore", "bored"],
      /option '--ignore <reason...>' argument 'bored' is invalid. Allowed choices are no-traffic/,
    ],
    ["a dashboard that is none", ["--board", "llm"], /no dashboard "llm": there are .*llm-dashboard/],
    ["no URL", [], /required option '--prometheus <url>' not specified/],
  ])("with %s", async (name, args, message) => {
    const url = name === "no URL" ? [] : ["--prometheus", `http://${closedAddress}`];
    expect(await cli("check", ...url, ...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});
