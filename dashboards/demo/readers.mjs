/**
 * Readers of the demo: a few at a time, now and then a crowd, some who leave in the middle of an answer, and somebody who asks nonsense. They
 * go on until they are stopped, so that each panel has something to show.
 */
const demo = process.env.DEMO ?? "http://127.0.0.1:8080";
/** Below 1 they hurry. */
const pace = Number(process.env.PACE ?? 1);
const questions = [
  "How does a local model answer?",
  "What does the cache keep?",
  "Why is the first token late?",
  "Tell me about the prompt, and then about the answer.",
];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const between = (least, most) => least + Math.random() * (most - least);
const anyOf = (list) => list[Math.floor(Math.random() * list.length)];

function post(path, body, signal) {
  return fetch(demo + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/** Reads an answer to its end, and reports what a browser would. */
async function read() {
  const began = performance.now();
  const answer = await post("/chat", { message: anyOf(questions) });
  if (!answer.ok) return void (await answer.text());
  let firstTokenAt;
  for await (const _ of answer.body) firstTokenAt ??= performance.now();
  if (firstTokenAt === undefined) return;
  const report = { time_to_first_token_ms: firstTokenAt - began, response_time_ms: performance.now() - began };
  await (await post("/metrics/log", report)).text();
}

/** Goes away before the answer is whole. */
async function leave() {
  const gone = new AbortController();
  const answer = await post("/chat", { message: anyOf(questions) }, gone.signal);
  await answer.body?.getReader().read();
  gone.abort();
}

const nonsense = async () => void (await (await post("/chat", { message: 7 })).text());
const crowd = () => Promise.all(Array.from({ length: 14 }, () => read()));

/** The demo may stop and come back: a reader tries again. */
async function forever(act, leastMs, mostMs) {
  for (;;) {
    await sleep(between(leastMs, mostMs) * pace);
    await act().catch(() => sleep(1000));
  }
}

process.stdout.write(`reading from ${demo}\n`);
for (let reader = 0; reader < 2; reader += 1) void forever(read, 200, 4000);
void forever(leave, 5000, 20_000);
void forever(nonsense, 15_000, 40_000);
void forever(crowd, 20_000, 90_000);
