import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { verbsOf } from "./ai-sdk.mjs";

const open = ({ url, fetch, options: { includeUsage = true } }) =>
  createOpenAICompatible({
    name: "local",
    baseURL: `${url}/v1`,
    apiKey: "sk-canary",
    includeUsage,
    supportsStructuredOutputs: true,
    fetch,
  });

export const verbs = verbsOf({
  modelOf: (app) => open(app)("tiny"),
  embeddingModelOf: (app) => open(app).textEmbeddingModel("tiny-embedding"),
});
