import type { PathTemplate, PathVariable } from "./template.ts";

/** Something that stands at a method and a path. */
export type Route<T> = { readonly method: string; readonly template: PathTemplate; readonly target: T };

/** What a request meets: a target with its variables by field, or the methods that the path has, or nothing. */
export type Found<T> =
  | { readonly target: T; readonly variables: ReadonlyMap<string, string> }
  | { readonly allow: readonly string[] }
  | undefined;

/**
 * Creates the lookup of a path, given without its query. Paths are compared as they arrive: case
 * matters, dots and slashes are not normalised, and a literal never matches its encoded form. Where
 * several templates match, literals win over `*`, and `*` over `**`. A variable's value is decoded
 * once; one that spans several segments keeps `%2F`, as google/api/http.proto asks. Throws an Error
 * when two routes stand at the same place.
 */
export function createRoutes<T>(routes: Iterable<Route<T>>): (method: string, path: string) => Found<T> {
  const exact = new Map<string, Methods<T>>();
  const root = createNode<T>();
  for (const { method, template, target } of routes) {
    const methods = isExact(template) ? exactMethods(exact, template) : nodeMethods(root, template);
    if (methods.has(method)) throw new Error(`two rules for ${method} /${template.segments.join("/")}`);
    methods.set(method, { target, variables: template.variables });
  }
  return (method, path) => {
    const allow = new Set<string>();
    const known = exact.get(path);
    const here = known?.get(method);
    if (here !== undefined) return { target: here.target, variables: new Map() };
    for (const name of known?.keys() ?? []) allow.add(name);

    const { segments, verb } = splitPath(path);
    for (const methods of matches(root, segments, 0, verb)) {
      const there = methods.get(method);
      if (there !== undefined) return { target: there.target, variables: readVariables(there.variables, segments) };
      for (const name of methods.keys()) allow.add(name);
    }
    return allow.size > 0 ? { allow: [...allow] } : undefined;
  };
}

type Methods<T> = Map<string, { readonly target: T; readonly variables: readonly PathVariable[] }>;

type Node<T> = {
  readonly children: Map<string, Node<T>>;
  /** What ends here, by verb. */
  readonly ends: Map<string, Methods<T>>;
};

function createNode<T>(): Node<T> {
  return { children: new Map(), ends: new Map() };
}

function isExact({ segments, variables }: PathTemplate): boolean {
  return variables.length === 0 && !segments.includes("*") && !segments.includes("**");
}

function exactMethods<T>(exact: Map<string, Methods<T>>, { segments, verb }: PathTemplate): Methods<T> {
  return getOrAdd(exact, `/${segments.join("/")}${verb === "" ? "" : `:${verb}`}`, () => new Map());
}

function nodeMethods<T>(root: Node<T>, { segments, verb }: PathTemplate): Methods<T> {
  let node = root;
  for (const segment of segments) node = getOrAdd(node.children, segment, createNode<T>);
  return getOrAdd(node.ends, verb, () => new Map());
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** Returns no segments for what is not percent-encoded UTF-8: it names nothing. */
function splitPath(path: string): { segments: readonly string[]; verb: string } {
  try {
    decodeURIComponent(path);
  } catch {
    return { segments: [], verb: "" };
  }
  const segments = path.slice(1).split("/");
  const last = segments.at(-1)!;
  const colon = last.lastIndexOf(":");
  if (colon < 0) return { segments, verb: "" };
  segments[segments.length - 1] = last.slice(0, colon);
  return { segments, verb: last.slice(colon + 1) };
}

/** Yields what matches, the most particular first. No wildcard matches an empty segment. */
function* matches<T>(
  node: Node<T>,
  segments: readonly string[],
  at: number,
  verb: string,
): Generator<Methods<T>, void, void> {
  const segment = segments[at];
  if (segment === undefined) {
    const methods = node.ends.get(verb);
    if (methods !== undefined) yield methods;
  } else if (segment !== "") {
    for (const name of new Set([segment, "*"])) {
      const child = node.children.get(name);
      if (child !== undefined) yield* matches(child, segments, at + 1, verb);
    }
  }
  const rest = node.children.get("**")?.ends.get(verb);
  if (rest !== undefined && !segments.includes("", at)) yield rest;
}

function readVariables(variables: readonly PathVariable[], segments: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    variables.map(({ field, start, end }) => {
      const decode = end - start === 1 ? decodeURIComponent : decodeKeepingSlashes;
      return [field, segments.slice(start, end).map(decode).join("/")];
    }),
  );
}

function decodeKeepingSlashes(segment: string): string {
  return decodeURIComponent(segment.replace(/%2f/gi, "%252F"));
}
