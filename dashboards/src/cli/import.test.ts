import { closedAddress, type TestServer, testServer } from "@aiwatch/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shippedBoards } from "../package-folder.ts";
import { type FakeGrafana, fakeGrafana, goodToken } from "../test-support/fake-grafana.ts";
import { cli } from "../test-support/run-cli.ts";

let grafana: FakeGrafana;
beforeEach(async () => {
  grafana = await fakeGrafana();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await grafana.close();
});

const boards = await shippedBoards();
const importInto = (url: string, ...more: string[]) => cli("import", "--url", url, "--token", goodToken, ...more);

describe("import", () => {
  it("creates the folder and the dashboards in it", async () => {
    const run = await importInto(grafana.url);
    expect(run).toMatchObject({ code: 0, err: `${boards.length} created, 0 updated, 0 unchanged` });
    expect(run.out).toContain('folder "AIWatch" created');
    expect(run.out).toContain(`LLM Performance (llm-dashboard) created ${grafana.url}/d/llm-dashboard/board`);
    expect(grafana.folders).toMatchObject([{ title: "AIWatch" }]);
    for (const board of boards) {
      const saved = grafana.dashboards.get(board.uid);
      expect(saved).toMatchObject({ folderUid: "folder-1", dashboard: { ...board, version: 1 } });
    }
  });

  it("changes nothing when it is run again", async () => {
    await importInto(grafana.url);
    const writes = grafana.writes.length;
    const again = await importInto(grafana.url);
    expect(again).toMatchObject({ code: 0, err: `0 created, 0 updated, ${boards.length} unchanged` });
    expect(grafana.writes).toHaveLength(writes);
    expect(grafana.folders).toHaveLength(1);
  });

  it("overwrites by uid what somebody changed, and that alone", async () => {
    await importInto(grafana.url);
    const changed = grafana.dashboards.get("llm-dashboard");
    Object.assign(changed!.dashboard, { title: "Ours" });
    const again = await importInto(grafana.url);
    expect(again.err).toBe(`0 created, 1 updated, ${boards.length - 1} unchanged`);
    expect(grafana.dashboards.get("llm-dashboard")).toMatchObject({
      dashboard: { title: "LLM Performance", version: 2 },
    });
  });

  it("takes a folder that is there, and moves the dashboards into another one", async () => {
    grafana.folders.push({ uid: "theirs", title: "Models" });
    await importInto(grafana.url);
    const moved = await importInto(grafana.url, "--folder", "Models");
    expect(moved.out).toContain('(llm-dashboard) updated, moved from "AIWatch"');
    expect(grafana.folders.map(({ title }) => title)).toEqual(["Models", "AIWatch"]);
    expect(grafana.dashboards.get("llm-dashboard")).toMatchObject({ folderUid: "theirs" });
  });

  it("says in a dry run what would change, and changes nothing", async () => {
    const run = await importInto(grafana.url, "--dry-run");
    expect(run).toMatchObject({ code: 0, err: `dry run: ${boards.length} created, 0 updated, 0 unchanged` });
    expect(run.out).toContain('folder "AIWatch" would be created');
    expect(run.out).toContain("(llm-dashboard) would be created");
    expect(grafana.writes).toEqual([]);
  });

  it("takes the folder that somebody else creates at the same time", async () => {
    grafana.answerNext("GET /api/folders", 200, []);
    grafana.answerNext("POST /api/folders", 412, {
      message: "the folder has been changed",
      status: "version-mismatch",
    });
    grafana.folders.push({ uid: "theirs", title: "AIWatch" });
    expect(await importInto(grafana.url)).toMatchObject({ code: 0 });
    expect(grafana.folders).toHaveLength(1);
    expect(grafana.dashboards.get("llm-dashboard")).toMatchObject({ folderUid: "theirs" });
  });

  it("takes the token from the environment, and a line's end from it", async () => {
    vi.stubEnv("GRAFANA_TOKEN", `${goodToken}\n`);
    expect(await cli("import", "--url", grafana.url, "--dry-run")).toMatchObject({ code: 0 });
  });

  it("finds a Grafana below a path, with a slash behind it", async () => {
    const below = await fakeGrafana({ below: "/grafana" });
    expect(await importInto(`${below.url}/grafana/`)).toMatchObject({ code: 0 });
    expect(below.dashboards.size).toBe(boards.length);
    await below.close();
  });
});

describe("import, refused", () => {
  it.each([
    ["a wrong token", ["--token", "glsa_bad"], 4, /401, Invalid API key\. The token is wrong or has expired/],
    ["a token with a line in it", ["--token", "two\nlines"], 2, /characters that no token has/],
    ["a URL that is none", ["--url", "grafana"], 2, /Grafana's URL is "grafana", which is none/],
    ["a URL without http", ["--url", "localhost:3000"], 2, /"localhost:3000", which is not one of HTTP/],
    ["a password in the URL", ["--url", "http://admin:secret@localhost"], 2, /a user or a password in it/],
    ["an option that is none", ["--fodler", "x"], 2, /unknown option '--fodler'/],
  ])("%s", async (_, args, code, message) => {
    const run = await cli("import", "--url", grafana.url, "--token", goodToken, ...args);
    expect(run).toMatchObject({ code, err: expect.stringMatching(message) });
    expect(run.err).not.toMatch(/secret|glsa_bad|lines/);
    expect(grafana.writes).toEqual([]);
  });

  it("no token", async () => {
    vi.stubEnv("GRAFANA_TOKEN", undefined);
    const run = await cli("import", "--url", grafana.url);
    expect(run).toMatchObject({ code: 2, err: "error: no token: set GRAFANA_TOKEN, or give --token" });
  });

  it.each([
    [
      403,
      "GET /api/folders",
      { message: "Access denied" },
      /list the folders: 403, Access denied\. The token's role has to be Editor/,
    ],
    [
      412,
      "POST /api/dashboards/db",
      { message: "Plugin's", status: "plugin-dashboard" },
      /412, Plugin's \(plugin-dashboard\)/,
    ],
    [422, "POST /api/dashboards/db", { message: "invalid" }, /save the dashboard \S+: 422, invalid/],
    [404, "POST /api/dashboards/db", { message: "folder not found" }, /404, folder not found.*run it again/],
  ])("%i of %s", async (status, path, body, message) => {
    grafana.answerNext(path, status, body);
    expect(await importInto(grafana.url)).toMatchObject({ code: 4, err: expect.stringMatching(message) });
  });

  it("a dashboard that is provisioned, before anything is written", async () => {
    const last = boards.at(-1)!;
    grafana.dashboards.set(last.uid, { dashboard: {}, folderUid: "", provisioned: true });
    const run = await importInto(grafana.url);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining(`${last.uid} is provisioned from a file`) });
    expect(grafana.writes).toEqual([]);
  });
});

describe("import from what is no Grafana", () => {
  let other: TestServer | undefined;
  afterEach(() => other?.close());

  it("nobody", async () => {
    const run = await importInto(`http://${closedAddress}`);
    expect(run).toMatchObject({ code: 3, err: expect.stringMatching(/Grafana is not reachable at .*ECONNREFUSED/) });
  });

  it.each([
    [
      "an HTML page",
      200,
      "text/html; charset=utf-8",
      "<html>",
      /is no Grafana: GET \/api\/health answers 200 text\/html/,
    ],
    ["a 404", 404, "text/plain", "not found", /is no Grafana: GET \/api\/health answers 404 text\/plain/],
    ["another JSON", 200, "application/json", '{"status":"UP"}', /is no Grafana.*200 application\/json/],
  ])("%s", async (_, status, type, body, message) => {
    other = await testServer((__, response) => response.writeHead(status, { "content-type": type }).end(body));
    expect(await importInto(other.url)).toMatchObject({ code: 3, err: expect.stringMatching(message) });
  });

  it.each([
    [
      "GET /api/folders",
      { folders: [] },
      "asked to list the folders, it answers 200 application/json that is not a list",
    ],
    ["GET /api/folders", [{ title: "AIWatch" }], "that is not a list of folders"],
    [
      "POST /api/folders",
      [],
      'asked to create the folder "AIWatch", it answers 200 application/json that is not a folder',
    ],
    ["GET /api/dashboards/uid/llm-dashboard", { meta: {} }, "that is not a dashboard with its folder"],
    ["GET /api/dashboards/uid/llm-dashboard", { dashboard: {}, meta: null }, "that is not a dashboard with its folder"],
    ["POST /api/dashboards/db", { id: 1 }, "that is not a saved dashboard's address"],
  ])("%s: %j", async (question, body, message) => {
    grafana.answerNext(question, 200, body);
    const run = await importInto(grafana.url);
    expect(run).toMatchObject({ code: 3, err: expect.stringContaining(message) });
  });

  it("a redirect, which the token does not follow", async () => {
    other = await testServer((__, response) => response.writeHead(302, { location: "https://login.example" }).end());
    const run = await importInto(other.url);
    expect(run).toMatchObject({ code: 3, err: expect.stringContaining("redirects to https://login.example") });
  });
});
