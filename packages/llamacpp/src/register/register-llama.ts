import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject, patchMethods } from "@aiwatch/core/adapter";
import { instrumentModel } from "../instrument-model.ts";
import { patchedClasses } from "../observe/callers.ts";
import { observedObjects } from "../observe/observed-object.ts";

/**
 * Lets every `Llama` of the app's node-llama-cpp be observed from its first `loadModel` on, by the instance that is the default then: the app
 * has created its own by that time, or one comes to be on prom-client's global registry.
 *
 * Nothing is done in the process that node-llama-cpp forks to try its binary in, which inherits the flags of Node, and nothing where the app
 * has no node-llama-cpp: a warning says so.
 */
export async function registerLlama(): Promise<void> {
  if (process.env["TEST_BINDING_CP"] === "true") return;
  try {
    const engine: unknown = await import(pathToFileURL(findEngine()).href);
    const llama: unknown = isObject(engine) ? Reflect.get(engine, "Llama") : undefined;
    if (typeof llama !== "function" || !isObject(llama.prototype)) throw new Error("it has no class Llama");
    patchLlama(llama.prototype);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`@aiwatch/llamacpp/register observes nothing: node-llama-cpp cannot be loaded. ${reason}`, {
      type: "AiwatchWarning",
      code: "AIWATCH_REGISTER",
    });
  }
}

/**
 * The engine as the app's main module would find it: the app's own copy, not one beside this package. `node .` names a folder, a command of the
 * shell is a link to its module, and a process manager has a main module of its own, from where the app's folder is the working one.
 */
function findEngine(): string {
  const [, main] = process.argv;
  const places = main === undefined ? [] : [realPathOf(main), main];
  // where from does not matter beside the places: not from this module, which a bundle may hold
  const { resolve } = createRequire(join(process.cwd(), "app.js"));
  return resolve("node-llama-cpp", { paths: [...places, process.cwd()] });
}

/** `node app` leaves out what the file's name ends in: there is no such file. */
function realPathOf(main: string): string {
  try {
    return realpathSync(main);
  } catch {
    return main;
  }
}

function patchLlama(prototype: object): void {
  const [observed, classes] = [observedObjects(), patchedClasses()];
  if (classes.get(prototype) !== undefined) return;
  const undo = patchMethods(
    prototype,
    {
      loadModel: (original) =>
        function (...args) {
          if (isObject(this) && !observed.has(this)) {
            instrument(this);
            // its own method is patched now, and goes through this one to the engine's
            const own: unknown = Reflect.get(this, "loadModel");
            if (observed.has(this) && typeof own === "function") return Reflect.apply(own, this, args);
          }
          return Reflect.apply(original, this, args);
        },
    },
    "everyone",
  );
  classes.hold(prototype, () => ({ value: "llama", undo }));
}

/** A fault of ours must not cost the app its model. */
function instrument(llama: object): void {
  try {
    instrumentModel(llama as Parameters<typeof instrumentModel>[0]);
  } catch (error) {
    process.emitWarning(`@aiwatch/llamacpp/register does not observe a Llama: ${String(error)}`, "AiwatchWarning");
  }
}
