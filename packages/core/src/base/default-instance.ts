import { processWide } from "./process-wide.ts";

interface Default<Instance> {
  /** The first instance that was created, until it is closed. */
  instance: Instance | undefined;
}

const slot = processWide("@aiwatch/core/default-instance", 1, (): Default<unknown> => ({ instance: undefined }));

/** The instance that answers where none is named. The caller says what it needs of one: this file must not import the class. */
export function defaultOf<Instance>(): Default<Instance> {
  return slot() as Default<Instance>;
}
