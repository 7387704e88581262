import type { Aiwatch, ModelReadings, Operation as OperationName } from "@aiwatch/core";
import { modelNameOf } from "../model/model-name.ts";
import type { OperationStart } from "../operation/operation.ts";
import { runOperation } from "../operation/run-operation.ts";
import { onDispose } from "../patch/on-dispose.ts";
import { type Method, patchMethods, type Undo } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import { holdTap, type SequenceTap } from "../sequence/tap-sequence.ts";
import { sharedState } from "../state.ts";
import { readContext } from "../watch/read-context.ts";
import { readModel } from "../watch/read-model.ts";
import { watchObject } from "../watch/watch-object.ts";
import { type ChatSessionLike, type SequenceLike, sequenceOf } from "./chat-session.ts";

/** Where the session's sequence is tapped. */
interface Attachment {
  readonly sequence: SequenceLike;
  readonly model: string;
  readonly tap: SequenceTap;
  readonly release: Undo;
  readonly unwatch: Undo;
}

/**
 * An observed `LlamaChatSession`. Patched are the two methods that all its others go through: `prompt` calls `promptWithMeta`;
 * `completePrompt` and `preloadPrompt` call `completePromptWithMeta`.
 */
export class ObservedSession {
  readonly #aiwatch: Aiwatch;
  readonly #modelOption: string | undefined;
  readonly #unpatch: Undo;
  readonly #unlisten: Undo;
  #attachment: Attachment;

  constructor(session: ChatSessionLike, sequence: SequenceLike, aiwatch: Aiwatch, modelOption: string | undefined) {
    this.#aiwatch = aiwatch;
    this.#modelOption = modelOption;
    this.#attachment = this.#attach(sequence);
    try {
      this.#unpatch = patchMethods(session, {
        promptWithMeta: (original) => this.#observe(session, original, "chat"),
        completePromptWithMeta: (original) => this.#observe(session, original, "text_completion"),
      });
    } catch (error) {
      this.#detach();
      throw error;
    }
    this.#unlisten = onDispose(session, () => this.#disposed(session));
  }

  /** Takes back all that is still ours, the gauges that nobody else holds included. */
  undo(): void {
    this.#unpatch();
    this.#unlisten();
    this.#detach();
  }

  #detach(): void {
    this.#attachment.release();
    this.#attachment.unwatch();
  }

  /** The session is gone, its model and context are not: they are shown until they are disposed themselves. */
  #disposed(session: object): void {
    this.#aiwatch.diagnostics.guard("adapter", "letting go of a disposed session", () => {
      this.#unpatch();
      this.#attachment.release();
      sharedState().sessions.delete(session);
    });
  }

  #observe(session: ChatSessionLike, original: Method, operation: OperationName): Method {
    const { diagnostics } = this.#aiwatch;
    const startOf = (options: unknown) => this.#startOf(session, operation, options);
    return function (...args) {
      const call = () => Reflect.apply(original, this, args);
      const start = diagnostics.guard("adapter", "following a session", () => startOf(args[1]));
      return start === undefined ? call() : runOperation(start, call);
    };
  }

  #startOf(session: ChatSessionLike, operation: OperationName, options: unknown): OperationStart {
    const { model, sequence } = this.#follow(session);
    return { aiwatch: this.#aiwatch, model, operation, options, ...holdTap(sequence) };
  }

  /** The attachment to the sequence that the session has now; a disposed one has none, and keeps its last. */
  #follow(session: ChatSessionLike): Attachment {
    const sequence = sequenceOf(session);
    if (sequence === undefined || sequence === this.#attachment.sequence) return this.#attachment;
    const attachment = this.#attach(sequence);
    this.#detach();
    this.#attachment = attachment;
    return attachment;
  }

  #attach(sequence: SequenceLike): Attachment {
    const name = this.#modelOption ?? modelNameOf(sequence.model);
    const { tap, release } = holdTap(sequence);
    const unwatchModel = this.#watch(name, sequence.model, readModel);
    const unwatchContext = this.#watch(name, sequence.context, readContext);
    const unwatch = () => {
      unwatchContext();
      unwatchModel();
    };
    return { sequence, model: name, tap, release, unwatch };
  }

  /** Without its readings a session can still be observed. */
  #watch(name: string, watched: unknown, read: (watched: object) => ModelReadings): Undo {
    const watch = () => (isObject(watched) ? watchObject(this.#aiwatch, name, watched, read) : undefined);
    return this.#aiwatch.diagnostics.guard("adapter", "watching a model", watch) ?? (() => {});
  }
}
