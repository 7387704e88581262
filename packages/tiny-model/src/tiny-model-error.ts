/** A bad option or a place that cannot be written; the message quotes the value and says what to do. */
export class TinyModelError extends Error {
  override readonly name = "TinyModelError";
  readonly code: "ERR_TINY_MODEL_OPTION" | "ERR_TINY_MODEL_WRITE";

  constructor(code: TinyModelError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
