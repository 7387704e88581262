import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { verbsOf } from "./langchain.mjs";

const settingsOf = ({ url, fetch, options: { maxRetries = 0 } }) => ({
  apiKey: "sk-canary",
  maxRetries,
  configuration: { baseURL: `${url}/v1`, fetch },
});

export const verbs = verbsOf({
  modelOf: (app) => new ChatOpenAI({ model: "tiny", maxTokens: 3, ...settingsOf(app) }),
  embeddingsOf: (app) => new OpenAIEmbeddings({ model: "tiny-embedding", ...settingsOf(app) }),
});
