import { registerLlama } from "./register/register-llama.ts";

// for `node --import @aiwatch/llamacpp/register app.js`: done before the app's first line runs
await registerLlama();
