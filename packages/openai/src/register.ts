import { registerFetch } from "./register/register-fetch.ts";

// for `node --import @aiwatch/openai/register app.js`: done before the app's first line runs
registerFetch();
