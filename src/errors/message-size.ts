import type { JsonValue } from "@bufbuild/protobuf";
import { fault } from "./fault.ts";

/** Objects and arrays that may stand inside each other: five times what the deepest definition needs. */
const maxDepth = 32;

/** Names of all objects together: ten times what the widest definition needs. */
const maxKeys = 20_000;

/**
 * Items of all lists and values of all objects together. A body of 1 MiB has room for 500,000, and each is
 * walked half a dozen times while it stops everybody else.
 */
const maxValues = 100_000;

/** Counts what a message holds while it is walked. Throws INVALID_REQUEST as soon as that is too much. */
export type MessageSize = {
  /** Counts a list, which stands `depth` levels deep; the message itself is at level 1. */
  addList(depth: number, items: number): void;
  /** Counts an object or a map in the same way. */
  addObject(depth: number, keys: number): void;
};

/** Creates the count of one message: at most 32 levels, 20,000 names and 100,000 values, on every protocol. */
export function createMessageSize(): MessageSize {
  let keys = 0;
  let values = 0;
  const add = (depth: number, count: number) => {
    if (depth > maxDepth) throw tooMuch(`more than ${maxDepth} levels`);
    values += count;
    if (values > maxValues) throw tooMuch(`more than ${maxValues} values`);
  };
  return {
    addList: add,
    addObject(depth, count) {
      keys += count;
      if (keys > maxKeys) throw tooMuch(`more than ${maxKeys} keys`);
      add(depth, count);
    },
  };
}

/** Counts parsed JSON, before a message is made of it. Throws as `MessageSize` does. */
export function checkJsonSize(root: JsonValue): void {
  const size = createMessageSize();
  // Level by level: recursion would overflow on what it has to refuse.
  let level = [root];
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: JsonValue[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      const children = Array.isArray(value) ? value : Object.values(value);
      if (Array.isArray(value)) size.addList(depth, children.length);
      else size.addObject(depth, children.length);
      for (const child of children) if (typeof child === "object") next.push(child);
    }
    level = next;
  }
}

function tooMuch(what: string): Error {
  return fault("INVALID_REQUEST", `the request has ${what}, which is more than any method takes`);
}
