import { type Undo, undoAll } from "@aiwatch/core/adapter";
import { contextActivityOf } from "../watch/context-activity.ts";
import { readContext } from "../watch/read-context.ts";
import { readModel } from "../watch/read-model.ts";
import { readSequence } from "../watch/read-sequence.ts";
import { watchIn } from "../watch/watch-in.ts";
import { reportEngine } from "./report-engine.ts";
import { nameIn, type Scope } from "./scope.ts";

/** Shows the readings of a sequence, its context and its model, and records the context's batches. */
export function watchSequence(scope: Scope, sequence: object): Undo {
  const model: unknown = Reflect.get(sequence, "model");
  const context: unknown = Reflect.get(sequence, "context");
  const name = nameIn(scope, model);
  reportEngine(scope, model);
  const undos = [
    watchIn(scope, name, model, readModel),
    watchIn(scope, name, context, readContext),
    watchIn(scope, name, sequence, readSequence),
    contextActivityOf(context).listen(scope.host, name),
  ];
  return () => undoAll(undos);
}
