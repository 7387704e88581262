import type { ObservedAnswer } from "./answers.ts";

/** An event of the AI SDK's UI-message streams, of OpenAI's chat completions, or of OpenAI's responses: what is read of it, none of it sure. */
interface StreamEvent {
  readonly type?: unknown;
  readonly delta?: unknown;
  readonly error?: unknown;
  readonly choices?: unknown;
}

interface Choice {
  readonly delta?: { readonly content?: unknown; readonly reasoning_content?: unknown; readonly reasoning?: unknown };
  readonly text?: unknown;
  readonly finish_reason?: unknown;
}

/** A longer line is no piece of a text: it is passed over. */
const longestLine = 65_536;
/** Behind the first text only what has these is parsed. */
const ending = /finish_reason":\s*"|"(finish|abort|error|response\.(completed|failed))"|DONE/;
const textEvent = /^(text|reasoning)-delta$|_text\.delta$/;

/**
 * Reads an event stream beside the app: its first text, which comes after its first bytes, and its end. Data that is no JSON is text itself; an
 * event of unknown shape says nothing.
 */
export class FirstText {
  /** The answer was said to be complete: whoever cancels after that has read it. */
  isComplete = false;
  readonly #answer: ObservedAnswer;
  readonly #decoder = new TextDecoder();
  #line = "";
  #isTooLong = false;
  #hasText = false;

  constructor(answer: ObservedAnswer) {
    this.#answer = answer;
  }

  read(chunk: Uint8Array): void {
    // a character that is split is one of a text, of which only is read that it is there
    const lines = this.#decoder.decode(chunk).split(/[\r\n]/);
    for (const [index, piece] of lines.entries()) {
      if (index > 0) this.#endLine();
      if (!this.#isTooLong) this.#line += piece;
      if (this.#line.length > longestLine) {
        this.#isTooLong = true;
        this.#line = "";
      }
    }
  }

  #endLine(): void {
    if (this.#line.startsWith("data:")) this.#readData(this.#line.slice(5).trim());
    this.#line = "";
    this.#isTooLong = false;
  }

  #readData(data: string): void {
    if (data === "" || (this.#hasText && !ending.test(data))) return;
    if (data === "[DONE]") return void this.#answer.end("answered");
    const event = parse(data);
    if (typeof event === "object") this.#readEvent(event ?? {});
    else this.#text();
  }

  #readEvent({ type, delta, error, choices }: StreamEvent): void {
    if (type === "error" || type === "response.failed" || (typeof error === "object" && error !== null))
      return void this.#answer.end("failed", undefined, "server_error");
    if (type === "abort") return void this.#answer.end("aborted");
    const all: readonly (Choice | null)[] = Array.isArray(choices) ? choices : [];
    if ((textEvent.test(String(type)) && delta) || all.some(hasText)) this.#text();
    if (type === "finish" || type === "response.completed" || all.some((choice) => choice?.finish_reason))
      this.isComplete = true;
  }

  #text(): void {
    this.#hasText = true;
    this.#answer.firstToken();
  }
}

function parse(data: string): object | null | string {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

function hasText(choice: Choice | null): boolean {
  const { content, reasoning_content, reasoning } = choice?.delta ?? {};
  return Boolean(content || reasoning_content || reasoning || choice?.text);
}
