/** What vitest puts into its workers' environment; a program that sees it does not run as its user would run it. */
const FROM_VITEST = /^(VITEST.*|TEST|NODE_ENV|MODE|DEV|PROD|SSR|BASE_URL|NODE_OPTIONS|NODE_CHANNEL_FD|NODE_UNIQUE_ID)$/;

/** Our environment without vitest's additions, then `changes`, of which `undefined` removes a variable. */
export function childEnvironment(changes: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !FROM_VITEST.test(name));
  const changed = { ...Object.fromEntries(inherited), ...changes };
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
}
