import type { DoorUnderTest } from "./doors.ts";

/** Something that every door must do. */
export interface Behaviour {
  readonly name: string;
  readonly test: (door: DoorUnderTest) => Promise<void>;
}
