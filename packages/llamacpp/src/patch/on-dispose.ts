import { isObject, type Undo } from "@aiwatch/core/adapter";

/** Calls `listener` once the engine's object was disposed. @returns stops listening */
export function onDispose(target: object, listener: () => void): Undo {
  const relay: unknown = Reflect.get(target, "onDispose");
  if (!isObject(relay)) return () => {};
  const create: unknown = Reflect.get(relay, "createListener");
  if (typeof create !== "function") return () => {};
  const handle: unknown = Reflect.apply(create, relay, [listener]);
  return () => {
    if (!isObject(handle)) return;
    const dispose: unknown = Reflect.get(handle, "dispose");
    if (typeof dispose === "function") Reflect.apply(dispose, handle, []);
  };
}
