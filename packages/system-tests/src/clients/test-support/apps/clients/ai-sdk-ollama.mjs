import { createOllama } from "ollama-ai-provider-v2";
import { verbsOf } from "./ai-sdk.mjs";

const open = ({ url, fetch }) => createOllama({ baseURL: `${url}/api`, fetch });

export const verbs = verbsOf({
  modelOf: (app) => open(app)("tiny"),
  embeddingModelOf: (app) => open(app).textEmbeddingModel("tiny-embedding"),
});
