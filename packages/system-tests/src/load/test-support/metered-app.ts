import { startLoadApp } from "./load-app.ts";

/** The app of the load with metrics alone: nothing that outlives a request is wanted here. */
startLoadApp();
