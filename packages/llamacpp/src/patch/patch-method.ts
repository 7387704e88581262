import { type Undo, undoAll } from "./undo.ts";

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Whom a patch is for: the object that has it, or, on a prototype, all that inherit it. */
export type PatchedFor = "itself" | "everyone";

/**
 * Puts `wrap(original)` in the place of one object's method, as an own property that enumeration shows only if it did before. Never a Proxy:
 * node-llama-cpp's locks are keyed on `this`, and two callers, one of them through a proxy, would interleave their tokens.
 *
 * A method that the object does not have is left alone, so that older and newer releases of the engine fit. Undoing restores the property
 * as it was; where somebody patched over ours meanwhile, theirs stays and ours only passes calls on.
 */
export function patchMethod(
  target: object,
  name: string,
  wrap: (original: Method) => Method,
  callers: PatchedFor = "itself",
): Undo {
  const original: unknown = Reflect.get(target, name);
  if (!isMethod(original)) return () => {};
  const before = Object.getOwnPropertyDescriptor(target, name);
  const wrapped = wrap(original);
  let active = true;
  const patched: Method = function (this: unknown, ...args: unknown[]) {
    const isOurs = active && (callers === "everyone" || this === target);
    return Reflect.apply(isOurs ? wrapped : original, this, args);
  };
  put(target, name, disguise(patched, original), before);
  return () => {
    if (!active) return;
    active = false;
    restore(target, name, patched, before);
  };
}

/**
 * `patchMethod` for what the engine calls for every batch: the wrapper itself takes the method's place, with no layer between. It must do
 * nothing but pass the call on once it was taken back, since somebody may have patched over it meanwhile.
 */
export function patchDirectly(target: object, name: string, wrap: (original: Method) => Method): Undo {
  const original: unknown = Reflect.get(target, name);
  if (!isMethod(original)) return () => {};
  const before = Object.getOwnPropertyDescriptor(target, name);
  const patched = disguise(wrap(original), original);
  put(target, name, patched, before);
  return () => restore(target, name, patched, before);
}

function put(target: object, name: string, value: Method, before: PropertyDescriptor | undefined): void {
  const enumerable = before?.enumerable ?? false;
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable });
}

/** Gives back what was there, unless somebody patched over us. */
function restore(target: object, name: string, patched: Method, before: PropertyDescriptor | undefined): void {
  if (Object.getOwnPropertyDescriptor(target, name)?.value !== patched) return;
  if (before === undefined) Reflect.deleteProperty(target, name);
  else Object.defineProperty(target, name, before);
}

/** With the name and length of the method that it stands for. */
export function disguise(patched: Method, { name, length }: Method): Method {
  return Object.defineProperties(patched, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  });
}

/** Patches several methods; when one of them fails, none is left. */
export function patchMethods(
  target: object,
  wraps: Readonly<Record<string, (original: Method) => Method>>,
  callers?: PatchedFor,
): Undo {
  const undos: Undo[] = [];
  try {
    for (const [name, wrap] of Object.entries(wraps)) undos.push(patchMethod(target, name, wrap, callers));
  } catch (error) {
    undoAll(undos);
    throw error;
  }
  return () => undoAll(undos);
}

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}
