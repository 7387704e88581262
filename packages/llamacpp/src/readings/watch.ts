import type { ModelReadings } from "@aiwatch/core";
import {
  type AdapterHost,
  isObject,
  once,
  processWide,
  type ReadGpuMemory,
  type Undo,
  undoAll,
} from "@aiwatch/core/adapter";
import { onDispose } from "../engine/objects.ts";
import { llamaOf } from "../model/gguf.ts";
import { nameIn, type Scope } from "../observe/observed-object.ts";
import { contextActivityOf } from "./context-activity.ts";
import { readGpuMemory } from "./gpu-memory.ts";
import { readContext, readModel, readSequence } from "./readings.ts";

interface WatchEntry {
  readonly stop: Undo;
  holders: number;
}

/** By the object that the readings are of, then by the model's name, or by what else is watched of it. */
type Watches = WeakMap<object, Map<string | symbol, WatchEntry>>;

/** By what the board that shows the readings has of them. */
const boards = processWide("@aiwatch/llamacpp/watches", 1, () => new WeakMap<object, Watches>());

/**
 * Shows the readings of one engine's object under a model's name, until the object is disposed, collected, or nobody holds the watch.
 * However many sessions share the object, it is read once.
 */
export function watchObject<Watched extends object>(
  host: AdapterHost,
  model: string,
  watched: Watched,
  read: (watched: Watched) => ModelReadings,
): Undo {
  return hold(host.board, model, watched, (reference) => host.watchModel(model, weakReader(host, reference, read)));
}

/** What is watched of a `Llama`: whatever a model is called, it is none. */
const gpuMemory = Symbol("GPU memory");

/** Shows the GPU memory of a `Llama`, once however many models it loaded. */
function watchGpuMemory(host: AdapterHost, llama: object): Undo {
  return hold(host.board, gpuMemory, llama, (reference) => host.watchGpuMemory(weakGpuReader(host, reference)));
}

/** @param show is given a weak reference: the board must not hold the engine's object */
function hold<Watched extends object>(
  board: object,
  name: string | symbol,
  watched: Watched,
  show: (reference: WeakRef<Watched>) => Undo,
): Undo {
  const entries = entriesOf(board, watched);
  const entry = entries.get(name) ?? begin(watched, show(new WeakRef(watched)), () => entries.delete(name));
  entries.set(name, entry);
  entry.holders += 1;
  return once(() => {
    entry.holders -= 1;
    if (entry.holders === 0) entry.stop();
  });
}

/** Who never reads the gauges would keep what was collected for ever: the board forgets it at a reading. */
const collected = new FinalizationRegistry<Undo>((unwatch) => unwatch());

function begin(watched: object, unwatch: Undo, ended: () => void): WatchEntry {
  const stopListening = onDispose(watched, () => stop());
  collected.register(watched, unwatch, unwatch);
  const stop = () => {
    collected.unregister(unwatch);
    unwatch();
    stopListening();
    ended();
  };
  return { stop, holders: 0 };
}

/**
 * A function of its own, since the board holds it: its closure holds the weak reference and nothing else, not even the listener, through which
 * the engine's object can be reached.
 */
function weakReader<Watched extends object>(
  { diagnostics }: AdapterHost,
  reference: WeakRef<Watched>,
  read: (watched: Watched) => ModelReadings,
): () => ModelReadings | undefined {
  return () => {
    const alive = reference.deref();
    if (alive === undefined || Reflect.get(alive, "disposed") === true) return undefined;
    // a reading that fails is no sign that the object is gone
    return diagnostics.guard("adapter", "reading a model", () => read(alive)) ?? {};
  };
}

/** As `weakReader`. */
function weakGpuReader({ diagnostics }: AdapterHost, reference: WeakRef<object>): ReadGpuMemory {
  const isGone = () => {
    const alive = reference.deref();
    return alive === undefined || Reflect.get(alive, "disposed") === true;
  };
  return async () => {
    try {
      const alive = reference.deref();
      return alive === undefined || isGone() ? undefined : await readGpuMemory(alive);
    } catch (error) {
      // one that was disposed meanwhile is read no more
      if (!isGone()) diagnostics.fault("adapter", "reading a GPU's memory", error);
      return undefined;
    }
  };
}

/** @param shown what the board shows, and every board that took over from it */
function entriesOf(shown: object, watched: object): Map<string | symbol, WatchEntry> {
  const objects: Watches = boards().get(shown) ?? new WeakMap();
  boards().set(shown, objects);
  const entries = objects.get(watched) ?? new Map<string | symbol, WatchEntry>();
  objects.set(watched, entries);
  return entries;
}

/** `watchObject` for what may not be there: without its readings an object can still be observed. */
export function watchIn(
  { host }: Scope,
  name: string,
  watched: unknown,
  read: (watched: object) => ModelReadings,
): Undo {
  const watch = () => (isObject(watched) ? watchObject(host, name, watched, read) : undefined);
  return host.diagnostics.guard("adapter", "watching a model", watch) ?? (() => {});
}

/** Shows the readings of a model, and the GPU memory of the `Llama` that loaded it. */
export function watchModel(scope: Scope, model: unknown): Undo {
  const undos = [watchIn(scope, nameIn(scope, model), model, readModel), watchLlama(scope, llamaOf(model))];
  return () => undoAll(undos);
}

export function watchLlama({ host }: Scope, llama: unknown): Undo {
  const watch = () => (isObject(llama) ? watchGpuMemory(host, llama) : undefined);
  return host.diagnostics.guard("adapter", "watching a GPU", watch) ?? (() => {});
}

/** Shows the readings of a sequence, its context and its model, and records the context's batches. */
export function watchSequence(scope: Scope, sequence: object): Undo {
  const model: unknown = Reflect.get(sequence, "model");
  const context: unknown = Reflect.get(sequence, "context");
  const name = nameIn(scope, model);
  reportEngine(scope, model);
  const undos = [
    watchModel(scope, model),
    watchIn(scope, name, context, readContext),
    watchIn(scope, name, sequence, readSequence),
    contextActivityOf(context).listen(scope.host, name),
  ];
  return () => undoAll(undos);
}

/** Tells `/health` which release of llama.cpp serves the models, where the engine knows. */
export function reportEngine({ host }: Scope, model: unknown): void {
  host.diagnostics.guard("adapter", "reading the engine's release", () => {
    const llama = llamaOf(model);
    const named: unknown = llama === undefined ? undefined : Reflect.get(llama, "llamaCppRelease");
    const release: unknown = isObject(named) ? Reflect.get(named, "release") : undefined;
    if (typeof release === "string") host.reportVersion(host.engine.name, release);
  });
}
