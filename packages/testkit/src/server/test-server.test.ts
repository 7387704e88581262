import { describe, expect, it } from "vitest";
import { closedAddress, freePort, testServer } from "./test-server.ts";

describe("testServer", () => {
  it("serves a listener on its own port, and is gone after close", async () => {
    const server = await testServer((request, response) => response.end(`you asked for ${request.url}`));
    const answer = await fetch(`${server.url}/tea`);
    expect(await answer.text()).toBe("you asked for /tea");
    await server.close();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("cuts a response that never ends", async () => {
    const server = await testServer((_, response) => void response.write("and then"));
    const answer = await fetch(server.url);
    await server.close();
    await expect(answer.text()).rejects.toThrow();
  });
});

it("refuses whoever connects to the closed address", async () => {
  const refused = await fetch(`http://${closedAddress}`).catch((error: Error) => error.cause);
  expect(refused).toMatchObject({ code: "ECONNREFUSED" });
});

describe("freePort", () => {
  it("names a port that can be listened on", async () => {
    expect(await freePort()).toBeGreaterThan(1023);
  });
});
