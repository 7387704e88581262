import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultOf, ownVersion } from "../base/process-wide.ts";
import { catalogue } from "../catalogue/index.ts";
import { aiwatchNode } from "../doors/node.ts";
import * as here from "../index.ts";
import { hostOf } from "./aiwatch.ts";
import type { AiwatchHost } from "./host.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await here.defaultAiwatch().close();
  vi.doUnmock("../catalogue/index.ts");
  vi.doUnmock("../base/process-wide.ts");
});

/** This package once more, as its CommonJS is for its ES modules: none of its classes and variables are these. */
async function anotherCopy() {
  vi.resetModules();
  const core = await import("../index.ts");
  const { installSource } = await import("../exposition/registry-metrics.ts");
  const { onClose } = await import("../adapter/index.ts");
  expect(core.AiwatchError).not.toBe(here.AiwatchError);
  return { ...core, onClose, installSource };
}

/** A copy of another release, whose catalogue has one row more or less. */
function anotherRelease(version: string, rows: Readonly<Record<string, here.CatalogueRow>>) {
  vi.doMock("../base/process-wide.ts", async (original) => ({ ...(await original<object>()), ownVersion: version }));
  vi.doMock("../catalogue/index.ts", () => ({ catalogue: rows }));
  return anotherCopy();
}

/** An instance as a copy from before these members shows it. */
function olderFace(host: AiwatchHost): AiwatchHost {
  const get = (_: object, name: string | symbol): unknown => {
    if (["closing", "recorder", "notifyNow"].includes(String(name))) return undefined;
    const value: unknown = Reflect.get(host, name);
    return typeof value === "function" ? value.bind(host) : value;
  };
  return new Proxy<AiwatchHost>(host, { get });
}

async function get(handler: here.RouteHandler) {
  const server = createServer((req, res) => void handler(req, res)).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return [response.status, await response.text()];
}

const ended = 'genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"}';

async function ends(core: Pick<typeof here, "createAiwatch">, registry: Registry): Promise<string | undefined> {
  core.createAiwatch({ registry }).startInference({ model: "tiny" }).end({ unified: "stop" });
  return (await registry.metrics()).split("\n").find((line) => line.startsWith(ended));
}

/** It says so at once, and leaves nothing of its own on the registry. */
function expectConflict({ createAiwatch }: Pick<typeof here, "createAiwatch">, registry: Registry, says: string): void {
  const before = registry.getMetricsAsArray();
  const message = expect.stringMatching(says);
  expect(() => createAiwatch({ registry })).toThrow(
    expect.objectContaining({ code: "AIWATCH_METRIC_CONFLICT", message }),
  );
  expect(registry.getMetricsAsArray()).toEqual(before);
}

describe("two copies of one release in a process", () => {
  it("record by the same instruments", async () => {
    const there = await anotherCopy();
    const registry = new Registry();
    expect(await ends(here, registry)).toBe(`${ended} 1`);
    expect(await ends(there, registry)).toBe(`${ended} 2`);
  });

  it("have one default instance and one list of what it closes, and know each other's errors", async () => {
    const there = await anotherCopy();
    const aiwatch = here.createAiwatch({ registry: new Registry() });
    expect(there.defaultAiwatch()).toBe(aiwatch);
    const close = vi.fn();
    there.onClose(close);
    await aiwatch.close();
    expect(close).toHaveBeenCalledTimes(1);
    expect(there.isAiwatchError(new here.AiwatchError("AIWATCH_INVALID_ARGUMENT", "text"))).toBe(true);
  });

  it("one takes over from the instance that stood in in the other, and what was given to that is the app's own", async () => {
    const there = await anotherCopy();
    const standIn = here.defaultAiwatch();
    const [kept, removed] = [vi.fn(), vi.fn()];
    standIn.onClose(kept);
    const remove = standIn.onClose(removed);
    standIn.reportModel("reported", { contextSize: 512 });
    const running = standIn.startInference({ model: "running" });
    const aiwatch = there.createAiwatch({ registry: new Registry(), service: "svc" });
    expect([standIn.service, standIn.registry, standIn.disabled]).toEqual(["svc", aiwatch.registry, false]);
    expect(aiwatch.summary().models).toContainEqual({ model: "reported", contextSize: 512 });
    expect(hostOf(aiwatch).open).toHaveLength(2);
    running.end({ unified: "stop" });
    remove();
    await aiwatch.close();
    expect([kept, removed].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  });

  it("one takes over while a request is under way at the other's door, and its observers are notified", async () => {
    const there = await anotherCopy();
    const requestEnded = vi.fn();
    let aiwatch = here.defaultAiwatch();
    const observed = aiwatchNode((_req, res) => {
      aiwatch = there.createAiwatch({ registry: new Registry(), observers: [{ name: "log", requestEnded }] });
      res.end("done");
    });
    expect(await get(async (req, res) => void observed(req, res))).toEqual([200, "done"]);
    await vi.waitFor(() => expect(requestEnded).toHaveBeenCalledTimes(1), 20_000);
    await aiwatch.close();
  });

  it("one takes over from an instance of a release whose hosts have other members", async () => {
    const [kept, added, last] = [vi.fn(), vi.fn(), vi.fn()];
    const older = {
      standsIn: true,
      closers: new Set<() => void>([kept]),
      /** Letter for letter, as far as closing goes. */
      yieldTo(successor: AiwatchHost) {
        for (const closer of this.closers) successor.closers.add(closer);
        this.closers = successor.closers;
        successor.endsAtLast(last);
      },
    };
    defaultOf<object>().instance = older;
    const aiwatch = here.createAiwatch({ registry: new Registry() });
    older.closers.add(added);
    await aiwatch.close();
    expect([kept, added, last].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
  });

  it("one stands in for an instance of a release whose hosts have other members", async () => {
    const standIn = here.defaultAiwatch();
    const [kept, added, last] = [vi.fn(), vi.fn(), vi.fn()];
    standIn.onClose(kept);
    hostOf(standIn).endsAtLast(last);
    const running = standIn.startInference({ model: "tiny" });
    defaultOf<object>().instance = undefined; // so that nobody takes over yet
    const aiwatch = hostOf(here.createAiwatch({ registry: new Registry() }));
    hostOf(standIn).yieldTo(olderFace(aiwatch));
    standIn.onClose(added);
    expect(() => running.end({ unified: "stop" })).not.toThrow();
    await aiwatch.close();
    expect([kept, added, last].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
  });

  it("a worker that the other copy let join, and whose primary does not answer, is a 503", async () => {
    const there = await anotherCopy();
    const aiwatch = here.createAiwatch({ registry: new Registry() });
    const gather = () => Promise.reject(new there.AiwatchError("AIWATCH_CLUSTER_TIMEOUT", "join in the primary, too"));
    there.installSource({ registry: aiwatch.registry, gather });
    try {
      expect(await get(here.metricsHandler(aiwatch))).toEqual([503, '{"error":"join in the primary, too"}\n']);
    } finally {
      there.installSource(undefined);
    }
  });
});

describe("two copies whose catalogues differ, on one registry", () => {
  const newer = { ...catalogue, added: { ...catalogue.clusterWorkers, name: "genai_app_added" } };
  const reshaped = { ...catalogue, queueTime: { ...catalogue.queueTime, bounds: [1, 2] } };

  it.each([
    ["the second has a row more", newer],
    ["the second has other bounds", reshaped],
  ])("are an error that names both, and the first goes on: %s", async (_name, rows) => {
    const there = await anotherRelease("1.1.0", rows);
    const registry = new Registry();
    expect(await ends(here, registry)).toBe(`${ended} 1`);
    expectConflict(there, registry, `from ${ownVersion} .*this is 1\\.1\\.0 .*npm ls @aiwatch/core`);
    expect(await ends(here, registry)).toBe(`${ended} 2`);
  });

  it("are an error that names both where the second has a row less, too", async () => {
    const there = await anotherRelease("1.1.0", newer);
    const registry = new Registry();
    expect(await ends(there, registry)).toBe(`${ended} 1`);
    expectConflict(here, registry, `from 1\\.1\\.0 .*this is ${ownVersion} .*npm ls @aiwatch/core`);
    expect(await ends(there, registry)).toBe(`${ended} 2`);
  });

  it("both count on registries of their own", async () => {
    const there = await anotherRelease("1.1.0", newer);
    expect(await ends(there, new Registry())).toBe(`${ended} 1`);
    expect(await ends(here, new Registry())).toBe(`${ended} 1`);
  });
});

it("another help or definition is the same shape", async () => {
  const worded = { ...catalogue, queueTime: { ...catalogue.queueTime, help: "in other words", definition: "so" } };
  const there = await anotherRelease("1.0.1", worded);
  const registry = new Registry();
  expect(await ends(there, registry)).toBe(`${ended} 1`);
  expect(await ends(here, registry)).toBe(`${ended} 2`);
});
