/** The traced app, to be started as a process. */
export const tracedApp = new URL("traced-app.ts", import.meta.url);
