import { type Undo, undoAll } from "./undo.ts";

/** A method as a patch sees it: whatever it takes and gives. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Whom a patch is for: the object that has it, or, on a prototype, all that inherit it. */
export type PatchedFor = "itself" | "everyone";

/**
 * Puts `wrap(original)` in the place of one object's method, as an own property that enumeration shows only if it did before. Never a Proxy:
 * engines key locks and private fields on `this`, and a call through a proxy would not find them.
 *
 * A method that the object does not have is left alone, so that older and newer releases of an engine fit. Undoing restores the property as it
 * was; where somebody patched over ours meanwhile, theirs stays and ours only passes calls on.
 * @param callers `itself`: a call with another `this` goes to the original
 * @returns takes the patch away
 * @throws TypeError where the property cannot be changed, as on a frozen object
 * @example
 * const undo = patchMethod(engine, "generate", (original) =>
 *   function (...args) {
 *     return observe(() => Reflect.apply(original, this, args));
 *   },
 * );
 */
export function patchMethod(
  target: object,
  name: PropertyKey,
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
 * `patchMethod` for what an engine calls very often, such as once for every batch: the wrapper itself takes the method's place, with no layer
 * between. Since somebody may have patched over it, it can be called after the undo: it must then do nothing but pass the call on.
 * @returns takes the patch away
 * @throws TypeError where the property cannot be changed
 * @example
 * const undo = patchDirectly(context, "decode", (original) =>
 *   function (batch) {
 *     count(batch);
 *     return original.call(this, batch);
 *   },
 * );
 */
export function patchDirectly(target: object, name: PropertyKey, wrap: (original: Method) => Method): Undo {
  const original: unknown = Reflect.get(target, name);
  if (!isMethod(original)) return () => {};
  const before = Object.getOwnPropertyDescriptor(target, name);
  const patched = disguise(wrap(original), original);
  put(target, name, patched, before);
  return () => restore(target, name, patched, before);
}

/**
 * Patches several methods; when one of them fails, none is left.
 * @returns takes all of the patches away
 * @throws TypeError where one of the properties cannot be changed
 * @example
 * const undo = patchMethods(client, { chat: wrapChat, embed: wrapEmbed });
 */
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

/**
 * Gives `patched` the name and length of the method that it stands for.
 * @returns `patched`
 * @example
 * const next = disguise(function (value) { return original.call(this, value); }, original);
 */
export function disguise(patched: Method, { name, length }: Method): Method {
  return Object.defineProperties(patched, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  });
}

function put(target: object, name: PropertyKey, value: Method, before: PropertyDescriptor | undefined): void {
  const enumerable = before?.enumerable ?? false;
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable });
}

/** Gives back what was there, unless somebody patched over us. */
function restore(target: object, name: PropertyKey, patched: Method, before: PropertyDescriptor | undefined): void {
  if (Object.getOwnPropertyDescriptor(target, name)?.value !== patched) return;
  if (before === undefined) Reflect.deleteProperty(target, name);
  else Object.defineProperty(target, name, before);
}

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}
