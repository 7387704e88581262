/**
 * What an adapter uses: the package that observes an engine, or one that adds a signal. Apps need none of it.
 */

export { type CollectionTie, CollectionWatch } from "../base/collection.ts";
export { cutText, errorName, invalidArgument } from "../base/errors.ts";
export { removeFrom } from "../base/live-map.ts";
export { type Closer, onClose, processWide } from "../base/process-wide.ts";
export { defined, isObject, valueAt, warnOfUnknownOptions } from "../base/received.ts";
export { type TimeLimit, withTimeout } from "../base/time.ts";
export { generates, type ServedModelState } from "../catalogue/values.ts";
export type { IssuedStart } from "../inference/inference-handle.ts";
export type { GpuMemoryReading, ReadGpuMemory } from "../models/gpu-memory.ts";
export type { ReadModel } from "../models/readings.ts";
export type { ReadServer, ServedCounts, ServedModel, ServerReadings } from "../models/server-board.ts";
export {
  declareSettings,
  type Environment,
  invalidSetting,
  kinds,
  noteReading,
  readBoolean,
  readChoice,
  readRow,
  readSetting,
  readVariable,
  type Setting,
  type SettingKind,
  type SettingSource,
  setting,
} from "../settings/settings.ts";
export { runOnce, runUntraced } from "../tracing/context.ts";
export { reportDroppedSpans } from "../tracing/span.ts";
export { type AdapterHost, adapterOf, type Engine } from "./host.ts";
export { type IterationEvents, observeIterable, observeIterator, type ValueObserver } from "./iterator-tap.ts";
export { type ModelNames, modelLabel, modelNames, type RequestedModel, serverKey } from "./model-names.ts";
export { type ObservedCall, observePromise, runObserved, type SettlementObserver } from "./observed-call.ts";
export { disguise, type Method, type PatchedFor, patchDirectly, patchMethod, patchMethods } from "./patches.ts";
export { checkObserveOptions, copyWith, describeReceived, numberAt } from "./received.ts";
export { observeTool, type ToolOwner, toolErrorTypeOf } from "./tools.ts";
export { HeldOnce, once, type Undo, undoAll } from "./undo.ts";
