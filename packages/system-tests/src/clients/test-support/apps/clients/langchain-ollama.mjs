import { ChatOllama, OllamaEmbeddings } from "@langchain/ollama";
import { verbsOf } from "./langchain.mjs";

const settingsOf = ({ url, fetch, options: { maxRetries = 0 } }) => ({ baseUrl: url, maxRetries, fetch });

export const verbs = verbsOf({
  modelOf: (app) => new ChatOllama({ model: "tiny", numPredict: 3, ...settingsOf(app) }),
  embeddingsOf: (app) => new OllamaEmbeddings({ model: "tiny-embedding", ...settingsOf(app) }),
});
