/** The app by itself. */
export const layer = (slug) => ({
  fetch: globalThis.fetch,
  dress: (client) => client,
  run: async (action) => action(),
  settled: async () => {},
  told: () => ({ slug }),
});
