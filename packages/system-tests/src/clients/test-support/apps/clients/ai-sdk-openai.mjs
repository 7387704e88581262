import { createOpenAI } from "@ai-sdk/openai";
import { verbsOf } from "./ai-sdk.mjs";

const open = ({ url, fetch }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "sk-canary", fetch });

export const verbs = {
  ...verbsOf({
    modelOf: (app) => open(app).chat("tiny"),
    embeddingModelOf: (app) => open(app).textEmbeddingModel("tiny-embedding"),
  }),
  responses: (app) => verbsOf({ modelOf: () => open(app).responses("tiny") }).whole(app),
  responsesStream: (app) => verbsOf({ modelOf: () => open(app).responses("tiny") }).stream(app),
};
