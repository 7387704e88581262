import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { handleSignals } from "./handle-signals.ts";

/** A signal that nobody else sends, emitted as Node would: other tests in this process are not stopped. */
const signal = "SIGUSR2";
const removers: (() => void)[] = [];
afterEach(() => {
  for (const remove of removers.splice(0)) remove();
});

async function listening(): Promise<Server> {
  const server = createServer((_req, res) => res.end("x")).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("handleSignals", () => {
  it("adds its own listeners and takes no other away", async () => {
    const { aiwatch } = createTestAiwatch();
    const server = await listening();
    const mine = () => {};
    process.on(signal, mine);
    removers.push(() => process.off(signal, mine));
    const remove = handleSignals(aiwatch, { server, signals: [signal] });
    expect(process.listeners(signal)).toHaveLength(2);
    expect(server.listenerCount("request")).toBe(2);
    remove();
    expect(process.listeners(signal)).toEqual([mine]);
    expect([server.listenerCount("request"), server.listenerCount("connection")]).toEqual([
      1,
      createServer().listenerCount("connection"),
    ]);
    server.close();
  });

  it("is refused twice, and can be had again after its removal", () => {
    const { aiwatch } = createTestAiwatch();
    const remove = handleSignals(aiwatch, { signals: [signal] });
    expect(() => handleSignals(aiwatch, { signals: [signal] })).toThrowError(/was called for this instance already/);
    remove();
    handleSignals(aiwatch, { signals: [signal] })();
    expect(process.listeners(signal)).toEqual([]);
  });

  it("waits for inferences without a server, and closes every server that it is given", async () => {
    const { aiwatch } = createTestAiwatch();
    const servers = [await listening(), await listening()];
    const order: string[] = [];
    aiwatch.onClose(() => void order.push("closed"));
    const inference = aiwatch.startInference({ model: "tiny" });
    const exited = new Promise<number>((exit) => {
      removers.push(handleSignals(aiwatch, { server: servers, signals: [signal], exit }));
    });
    const closed = servers.map((server) => once(server, "close"));
    process.emit(signal, signal);
    await Promise.all(closed);
    expect(servers.map((server) => server.listening)).toEqual([false, false]);
    order.push("inference ends");
    inference.end({ unified: "stop" });
    expect(await exited).toBe(0);
    expect(order).toEqual(["inference ends", "closed"]);
  });

  it("ends, too, where a server never listened, and where the instance is disabled", async () => {
    const { aiwatch } = createTestAiwatch({ disabled: true });
    const exited = new Promise<number>((exit) => {
      removers.push(handleSignals(aiwatch, { server: createServer(), signals: [signal], exit }));
    });
    process.emit(signal, signal);
    expect(await exited).toBe(0);
  });

  it("cuts a connection that is still answered after the timeout", async () => {
    const { aiwatch } = createTestAiwatch();
    const server = createServer((_req, res) => res.write("first")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const codes: number[] = [];
    const exited = new Promise<void>((resolve) => {
      const exit = (code: number) => {
        codes.push(code);
        resolve();
      };
      removers.push(handleSignals(aiwatch, { server, signals: [signal], timeoutMs: 50, exit }));
    });
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    process.emit(signal, signal);
    await exited;
    await expect(answer.text()).rejects.toThrow();
    expect(codes).toEqual([128 + 12]);
  });

  it("answers, while it drains, all that came on a connection, and closes that with the last", async () => {
    const { aiwatch } = createTestAiwatch();
    const answers: ServerResponse[] = [];
    const server = createServer((_req, res) => void answers.push(res)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const exited = new Promise<number>((exit) => {
      removers.push(handleSignals(aiwatch, { server, signals: [signal], drainMs: 200, exit }));
    });
    process.emit(signal, signal);
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").setEncoding("latin1");
    client.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(3));
    let text = "";
    client.on("data", (piece) => {
      text += piece;
    });
    await expect.poll(() => answers.length).toBe(3);
    for (const [index, res] of answers.entries()) res.end(`answer ${index}`);
    await once(client, "close");
    expect(text.match(/answer \d/g)).toEqual(["answer 0", "answer 1", "answer 2"]);
    expect(text.match(/Connection: close/g)).toHaveLength(1);
    expect(await exited).toBe(0);
  });
});
