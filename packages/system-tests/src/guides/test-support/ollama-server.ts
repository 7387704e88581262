import { type TestServer, testServer } from "@aiwatch/testkit";

const answer = ["Token", " by", " token"].map((content) => ({ message: { role: "assistant", content }, done: false }));
const end = {
  message: { role: "assistant", content: "" },
  done: true,
  done_reason: "stop",
  total_duration: 9_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: 5,
  prompt_eval_duration: 2_000_000,
  eval_count: 3,
  eval_duration: 6_000_000,
};

/** A server that speaks Ollama's own API, and gives each chat the same three tokens. */
export function ollamaServer(): Promise<TestServer> {
  return testServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    for (const line of [...answer, end]) response.write(`${JSON.stringify({ model: "tiny", ...line })}\n`);
    response.end();
  });
}
