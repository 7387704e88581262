/** Questions with these seeds fail: the engine breaks down before it said anything, or in the midst of it. */
export const failingSeeds = { beforeText: 4_294_967_294, inText: 4_294_967_295 } as const;
