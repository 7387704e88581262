import { describe, expect, it, onTestFinished } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { doors } from "../test-support/doors.ts";
import { serve } from "../test-support/served-app.ts";
import type { TestRoute } from "../test-support/test-route.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { type HandlerOptions, routeHandler } from "./handlers.ts";
import { createOwnRoutes } from "./own-routes.ts";

const routes = { chats: true } as const;
const needsEither = /^the route is "chats", expected the option authorize, or public: true, beside it$/;

describe("the list of chats", () => {
  it.each<HandlerOptions>([{}, { public: false }])("is refused at the mount with %o alone", (options) => {
    const { aiwatch } = createTestAiwatch();
    expect(() => createOwnRoutes(hostOf(aiwatch), { routes, ...options })).toThrow(needsEither);
    expect(() => routeHandler(aiwatch, "chats", options)).toThrow(needsEither);
  });

  it("takes no other word for public than true", () => {
    const { aiwatch } = createTestAiwatch();
    const options = { public: "yes" } as unknown as HandlerOptions;
    expect(() => routeHandler(aiwatch, "chats", options)).toThrow(/^public is "yes", expected true or false$/);
  });

  it("is not asked for where it is off", () => {
    const { aiwatch } = createTestAiwatch();
    expect(createOwnRoutes(hostOf(aiwatch), {}).find({ method: "GET", headers: {} }, "/metrics/chats")).toBe(undefined);
  });
});

describe.each(Object.values(doors))("the list of chats, at the door of $name", (door) => {
  async function setUp(options: HandlerOptions) {
    const chat: TestRoute = { path: "/chat", text: "an answer" };
    const app = await serve(door, [chat], { ...options, routes });
    const inference = app.aiwatch.startInference({ model: "secret-model" });
    inference.token();
    // held until then: one that is forgotten ends by itself
    onTestFinished(() => inference.end({ unified: "stop" }));
    app.aiwatch.startInference({ model: "secret-model" }).fail(new Error("x"), "secret_type");
    const list = async (key = "") => {
      const response = await fetch(`${app.url}/metrics/chats`, { headers: { "x-key": key } });
      return { status: response.status, text: await response.text() };
    };
    return { ...app, list };
  }
  const authorize: HandlerOptions["authorize"] = (req) => req.headers["x-key"] === "right";

  it("tells whoever is authorized ids, models and times, and others nothing", async () => {
    const { list } = await setUp({ authorize });
    expect((await list()).status).toBe(403);
    expect(JSON.parse((await list("right")).text)).toMatchObject({
      schema: 2,
      underWay: 1,
      chats: [
        { phase: "decode", model: "secret-model", outputTokens: 1 },
        { outcome: "failed", model: "secret-model", errorType: "secret_type" },
      ],
    });
  });

  it("tells strangers phases and times alone where it is public, and whoever is authorized all", async () => {
    const { list } = await setUp({ authorize, public: true });
    const { status, text } = await list();
    const { chats } = JSON.parse(text);
    expect([status, chats.length]).toEqual([200, 2]);
    const times = ["ageMs", "endedMsAgo", "firstTokenMs", "key", "ms", "outcome", "phase", "queueMs"];
    for (const chat of chats) expect(times).toEqual(expect.arrayContaining(Object.keys(chat)));
    expect((await list("right")).text).toContain("secret-model");
  });

  it("tells everybody phases and times where nobody is authorized", async () => {
    const { list } = await setUp({ public: true });
    const { status, text } = await list("right");
    expect([status, text.includes("secret"), JSON.parse(text).chats.length]).toEqual([200, false, 2]);
  });
});
