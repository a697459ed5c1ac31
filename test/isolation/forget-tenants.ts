/**
 * A preload for the service (`node --import`) that has one thing wrong on purpose: its cache forgets whose an entry is.
 * What looks for leaks must find them in it.
 */
import { registerHooks } from "node:module";

const cache = new URL("../../src/cache/byte-cache.ts", import.meta.url).href;
const forgetful = new URL("forgetful-cache.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === cache && context.parentURL !== forgetful ? { ...found, url: forgetful } : found;
  },
});
