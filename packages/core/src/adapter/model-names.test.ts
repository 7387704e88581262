import { describe, expect, it } from "vitest";
import { ModelNames, modelLabel, modelNames, serverKey } from "./model-names.ts";

describe("a model's label", () => {
  it.each([
    ["/models/llama-3.2-1b-q4.gguf", "llama-3.2-1b-q4"],
    ["models/tiny-chat.gguf", "tiny-chat"],
    ["C:\\models\\tiny.GGUF", "tiny"],
    ["./tiny.gguf", "tiny"],
    ["~/models/tiny", "tiny"],
    ["/models/tiny/", "tiny"],
    ["ai/llama3.2", "ai/llama3.2"],
    ["hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF", "hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF"],
    ["llama3.2:latest", "llama3.2:latest"],
    ["", "unknown"],
    ["/", "/"],
    [".gguf", "unknown"],
  ])("of %j is %j", (name, label) => {
    expect(modelLabel(name)).toBe(label);
  });
});

describe("what models behind HTTP count as", () => {
  const server = "http://127.0.0.1:8080";

  it("is the requested name until the server answered for it", () => {
    const names = new ModelNames();
    const model = { server, requested: "gpt-4o" };
    expect(names.of(model)).toBe("gpt-4o");
    expect(names.answered(model, "models/tiny.gguf")).toBe("tiny");
    expect(names.of(model)).toBe("tiny");
    expect(names.of({ ...model, server: "http://127.0.0.1:8081" })).toBe("gpt-4o");
    expect(names.answered(model, "models/other.gguf")).toBe("other");
  });

  it("is the one model that a server is known to serve, and its answers beat that", () => {
    const names = new ModelNames();
    names.servesOnly(server, "/models/tiny.gguf");
    expect(names.of({ server, requested: "whatever" })).toBe("tiny");
    expect(names.of({ server, requested: undefined })).toBe("tiny");
    names.servesOnly(server, undefined);
    expect(names.of({ server, requested: "whatever" })).toBe("whatever");
    expect(names.of({ server, requested: undefined })).toBe("unknown");
  });

  it("is never the file's name that every bundle of Docker Model Runner has", () => {
    const names = new ModelNames();
    expect(names.answered({ server, requested: "ai/tiny" }, "/models/model.gguf")).toBe("ai/tiny");
    expect(names.answered({ server, requested: undefined }, "/models/model.gguf")).toBe("model");
  });

  it("keeps no more than a thousand names, the newest", () => {
    const names = new ModelNames();
    for (let n = 0; n < 1001; n += 1) names.answered({ server, requested: `m${n}` }, "tiny");
    expect([names.of({ server, requested: "m0" }), names.of({ server, requested: "m1" })]).toEqual(["m0", "tiny"]);
  });

  it("is known once in a process", () => {
    expect(modelNames()).toBe(modelNames());
  });
});

describe("what tells servers apart", () => {
  it.each([
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://localhost:8080/", "http://localhost:8080"],
    ["http://localhost:8080/v1", "http://localhost:8080"],
    ["http://localhost:8080/v1/chat/completions", "http://localhost:8080"],
    ["http://localhost:8080/completion", "http://localhost:8080"],
    ["http://user:secret@localhost:8080/v1/embeddings?key=secret#part", "http://localhost:8080"],
    ["http://localhost:11434/api/chat", "http://localhost:11434"],
    ["http://localhost:12434/engines/v1/chat/completions", "http://localhost:12434"],
    ["http://localhost:12434/engines/llama.cpp/v1", "http://localhost:12434"],
    ["https://gateway.example/team-a/llama/v1/responses", "https://gateway.example/team-a/llama"],
  ])("%s is the server %s", (url, key) => {
    expect(serverKey(url)).toBe(key);
    expect(serverKey(new URL(url))).toBe(key);
  });
});
