import type { Plugin } from "esbuild";

export declare const minifiedStyle: Plugin;
