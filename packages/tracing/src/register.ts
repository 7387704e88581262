import { startAtLoad } from "./register/start-at-load.ts";

// for `node --import @aiwatch/tracing/register app.js`: done before the app's first line runs
startAtLoad();
