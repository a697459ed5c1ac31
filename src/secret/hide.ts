import { inspect } from "node:util";

const censored = () => "[hidden]";

/**
 * Makes an object that holds a secret one that cannot be printed, and returns it: JSON.stringify,
 * console.log and string templates show `[hidden]`, and whoever copies it, as a log does, gets nothing. Its
 * fields stay as they are for whoever reads them by name.
 */
export function hide<T extends object>(holder: T): T {
  for (const name of Object.keys(holder)) Object.defineProperty(holder, name, { enumerable: false });
  for (const name of ["toJSON", "toString", inspect.custom]) {
    Object.defineProperty(holder, name, { value: censored, enumerable: false });
  }
  return holder;
}
