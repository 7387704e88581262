import { describe, expect, it } from "vitest";
import { followBody } from "./answer-stream.ts";
import { notedAnswer } from "./test-support/noted-answer.ts";
import { chatCompletion, uiMessages } from "./test-support/streams.ts";

type Pull = (controller: ReadableStreamController<Uint8Array>, pulls: number) => void;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A response over a source that counts what it is asked, and what an answer noted of it. */
function followedOver(kind: "bytes" | undefined, pull: Pull, endBy: (error: unknown) => void = () => undefined) {
  const asked = { pulls: 0, cancelled: [] as unknown[] };
  const source = {
    type: kind,
    pull(controller: ReadableStreamController<Uint8Array>) {
      pull(controller, asked.pulls);
      asked.pulls += 1;
    },
    cancel(reason: unknown) {
      asked.cancelled.push(reason);
    },
  };
  const stream = new ReadableStream(source as UnderlyingDefaultSource<Uint8Array>, { highWaterMark: 0 });
  const response = new Response(stream as unknown as ReadableStream<Uint8Array<ArrayBuffer>>, {
    headers: { "content-type": "text/event-stream", "x-tea": "green" },
    status: 201,
  });
  const { answer, notes } = notedAnswer();
  followBody(response, answer, endBy);
  return { response, notes, asked };
}

const sends =
  (texts: readonly string[]): Pull =>
  (controller, pulls) => {
    const text = texts[pulls];
    if (text === undefined) controller.close();
    else controller.enqueue(bytesOf(text));
  };

describe.each([["bytes" as const], [undefined]])("a body that is a stream of %s", (kind) => {
  it("is handed on in the same chunks, and nothing of it is read before the app reads", async () => {
    const { response, notes, asked } = followedOver(kind, sends(uiMessages));
    const reader = response.body!.getReader();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked.pulls).toBe(0);
    for (const [index, expected] of uiMessages.entries()) {
      const { value } = await reader.read();
      expect(new TextDecoder().decode(value)).toBe(expected);
      expect(asked.pulls).toBe(index + 1);
    }
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    expect(notes).toEqual(["first text", "end answered"]);
    expect(response.bodyUsed).toBe(true);
  });

  it("is the body of the same response, read by whatever means", async () => {
    const text = chatCompletion.join("");
    const read = async (by: (response: Response) => Promise<unknown>) => {
      const { response, notes } = followedOver(kind, sends(chatCompletion));
      const value = await by(response);
      expect(notes).toEqual(["first text", "end answered"]);
      expect([response.status, response.headers.get("x-tea"), response.bodyUsed]).toEqual([201, "green", true]);
      await expect(response.text()).rejects.toThrow(TypeError);
      return value;
    };
    expect(await read((response) => response.text())).toBe(text);
    expect(await read(async (response) => (await response.blob()).type)).toBe("text/event-stream");
    expect(await read(async (response) => new TextDecoder().decode(await response.arrayBuffer()))).toBe(text);
    expect(
      await read(async (response) => {
        const chunks: string[] = [];
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) chunks.push(chunk);
        return chunks;
      }),
    ).toEqual(chatCompletion);
  });

  it("is seen through a clone, whichever of both is read", async () => {
    const { response, notes } = followedOver(kind, sends(chatCompletion));
    const clone = response.clone();
    expect(await clone.text()).toBe(chatCompletion.join(""));
    expect(notes).toEqual(["first text", "end answered"]);
    expect(await response.text()).toBe(chatCompletion.join(""));
  });

  it("breaks with the very error, which ends the answer once", async () => {
    const error = new TypeError("network error");
    const ended: unknown[] = [];
    const pull: Pull = (controller, pulls) =>
      pulls === 2 ? controller.error(error) : sends(uiMessages)(controller, pulls);
    const { response } = followedOver(kind, pull, (reason) => ended.push(reason));
    const reader = response.body!.getReader();
    await reader.read();
    await reader.read();
    await expect(reader.read()).rejects.toBe(error);
    await expect(reader.read()).rejects.toBe(error);
    expect(ended).toEqual([error]);
  });

  it("is cancelled with the reason: aborted, or answered where it was said to be complete", async () => {
    const early = followedOver(kind, sends(uiMessages));
    const reader = early.response.body!.getReader();
    for (let at = 0; at < 4; at += 1) await reader.read();
    await reader.cancel("stop");
    expect(early.asked.cancelled).toEqual(["stop"]);
    expect(early.notes).toEqual(["first text", "end aborted"]);

    const late = followedOver(kind, sends(uiMessages));
    const lateReader = late.response.body!.getReader();
    for (let at = 0; at < 10; at += 1) await lateReader.read();
    await lateReader.cancel();
    expect(late.notes).toEqual(["first text", "end answered"]);

    const unread = followedOver(kind, sends(uiMessages));
    await unread.response.body!.cancel("never");
    expect([unread.asked, unread.notes]).toEqual([{ pulls: 0, cancelled: ["never"] }, ["end aborted"]]);
  });
});

it("a reader that brings its own buffer is served, to the end", async () => {
  const { response, notes } = followedOver("bytes", sends(chatCompletion));
  const reader = response.body!.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let text = "";
  for (let isDone = false; !isDone; ) {
    const { done, value } = await reader.read(new Uint8Array(16));
    text += decoder.decode(value, { stream: true });
    isDone = done;
  }
  expect(text).toBe(chatCompletion.join(""));
  expect(notes).toEqual(["first text", "end answered"]);
});

it("chunks that are no bytes reach the app as they are", async () => {
  const pull: Pull = (controller, pulls) => {
    if (pulls === 0) controller.enqueue("tea" as never);
    else controller.close();
  };
  const { response } = followedOver(undefined, pull);
  const reader = response.body!.getReader();
  expect(await reader.read()).toEqual({ done: false, value: "tea" });
  expect((await reader.read()).done).toBe(true);
});

it("what takes the response itself finds the body that it came with", () => {
  const { response, asked } = followedOver("bytes", sends(uiMessages));
  const native = Reflect.get(Response.prototype, "body", response) as ReadableStream;
  expect([native.locked, asked.pulls]).toEqual([false, 0]);
});
