import { UnknownBoardError } from "../checks/check-panels.ts";
import { RulesOptionError } from "../rules/index.ts";
import { ServerError } from "../servers/json-server.ts";

/** What the command's exit codes mean. */
export const exitCodes = {
  good: 0,
  /** `check` found a panel that should have data and has none. */
  found: 1,
  /** An option, a URL, a file or a folder that cannot be used. */
  usage: 2,
  /** Nobody answers at the URL, or somebody else than was meant. */
  unreachable: 3,
  /** The server that was meant refuses: the token, its rights, or what was sent. */
  refused: 4,
  /** An error of the command's own. */
  internal: 70,
} as const;

/** What the reader of the terminal can do something about. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const usageErrors = [UsageError, UnknownBoardError, RulesOptionError];

export function exitCodeOf(error: unknown): number {
  if (usageErrors.some((kind) => error instanceof kind)) return exitCodes.usage;
  if (!(error instanceof ServerError)) return exitCodes.internal;
  if (error.code === "AIWATCH_INVALID_URL") return exitCodes.usage;
  return error.code === "AIWATCH_SERVER_REFUSED" ? exitCodes.refused : exitCodes.unreachable;
}
