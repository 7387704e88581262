import { expect, test } from "vitest";
import { serverKey } from "./model-names.ts";

test.each([
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
