/** Names under which credentials are logged, in lower case, without hyphens and underscores. */
const credentials = new Set([
  "authorization",
  "proxyauthorization",
  "cookie",
  "setcookie",
  "apikey",
  "xapikey",
  "password",
  "passwd",
  "secret",
  "clientsecret",
  "token",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "privatekey",
]);

/** Names under which prompts and answers are logged. */
const contents = new Set(["prompt", "systemprompt", "messages", "completion"]);

export type Sensitivity = "credential" | "content" | "none";

/** Apps log the same few names again and again: each is judged once. */
const judged = new Map<string, Sensitivity>();
const maxJudged = 1_000;

/** What a value of this name may hold, however the name is written: `x-api-key`, `X_API_KEY`, `xApiKey`. */
export function sensitivityOf(name: string): Sensitivity {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const plain = name.toLowerCase().replace(/[-_]/g, "");
  const sensitivity = credentials.has(plain) ? "credential" : contents.has(plain) ? "content" : "none";
  if (judged.size < maxJudged) judged.set(name, sensitivity);
  return sensitivity;
}
