import { access, readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import * as browser from "@aiwatch/browser";
import * as panel from "@aiwatch/browser/panel";
import * as core from "@aiwatch/core";
import * as adapter from "@aiwatch/core/adapter";
import * as browserSpans from "@aiwatch/core/browser-spans";
import * as express from "@aiwatch/core/express";
import * as fastify from "@aiwatch/core/fastify";
import * as hono from "@aiwatch/core/hono";
import * as live from "@aiwatch/core/live";
import * as liveSchema from "@aiwatch/core/live-schema";
import * as node from "@aiwatch/core/node";
import * as reports from "@aiwatch/core/reports";
import * as reportsSchema from "@aiwatch/core/reports-schema";
import * as testing from "@aiwatch/core/testing";
import * as dashboards from "@aiwatch/dashboards";
import * as llamacpp from "@aiwatch/llamacpp";
import * as llamacppServer from "@aiwatch/llamacpp/server";
import * as logging from "@aiwatch/logging";
import * as openai from "@aiwatch/openai";
import * as tracing from "@aiwatch/tracing";
import { describe, expect, it } from "vitest";
import { anchorsOf, type Page, proseOf, readPages, repository } from "./test-support/pages.ts";

const pages = await readPages();

it("there are pages to read", () => {
  expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(["README.md", "docs/guide/from-go.md"]));
});

describe.each(pages)("$path", (page) => {
  it("leads to files and headings that are there", async () => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    const broken = await Promise.all(
      links.filter((link) => !link.includes("://")).map((link) => brokenLink(page, link)),
    );
    expect(broken.filter((link) => link !== undefined)).toEqual([]);
  });

  it("runs npm scripts that are there", async () => {
    const commands = [...page.text.matchAll(/npm run ([\w:]+)(?:.*?--workspace (\S+))?/g)];
    for (const [command, script = "", workspace = "."] of commands) {
      const manifest = await readFile(join(repository, workspace.replace(/`.*/, ""), "package.json"), "utf8");
      expect([command, Object.keys(JSON.parse(manifest).scripts)]).toEqual([command, expect.arrayContaining([script])]);
    }
  });
});

it.each(
  Object.entries({
    browser,
    panel,
    core,
    adapter,
    browserSpans,
    express,
    fastify,
    hono,
    live,
    liveSchema,
    node,
    reports,
    reportsSchema,
    testing,
    dashboards,
    llamacpp,
    llamacppServer,
    logging,
    openai,
    tracing,
  }),
)("what %s exports is named on a page", (_name, exported) => {
  const text = pages.map((page) => page.text).join("\n");
  const isNamed = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  expect(Object.keys(exported).filter((name) => !isNamed(name))).toEqual([]);
});

it("an inference's handle and a tool's have no method that core's README does not name", () => {
  const aiwatch = testing.createTestAiwatch().aiwatch;
  const inference = aiwatch.startInference({ model: "tiny" });
  const readme = pages.find(({ path }) => path === "packages/core/README.md")?.text ?? "";
  const methods = (handle: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(handle));
  const internal = ["constructor", "model", "evaluating", "outputTokens", "firstTokenAt", "lastTokenAt", "toolEnded"];
  const named = (name: string) => internal.includes(name) || new RegExp(`\\b${name}\\b`).test(readme);
  const all = [...methods(inference), ...methods(inference.startTool({ name: "weather" }))];
  expect(all).toEqual(expect.arrayContaining(["run", "token", "end", "fail"]));
  expect(all.filter((name) => !named(name))).toEqual([]);
});

async function brokenLink(page: Page, link: string): Promise<string | undefined> {
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? page.path : normalize(join(dirname(page.path), file));
  try {
    await access(join(repository, path));
  } catch {
    return link;
  }
  const target = pages.find((candidate) => candidate.path === path);
  if (anchor === undefined || target === undefined) return undefined;
  return anchorsOf(target).includes(anchor) ? undefined : link;
}
