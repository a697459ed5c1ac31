import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";

/** A place in a file, both counted from 1. */
export type Position = { readonly line: number; readonly column: number };

/**
 * Returns where a path such as `layout.panels[2].datasource` is in a document: its key, or an item's beginning. Of a
 * path that is not there, where the last part of it that is.
 */
export function locatePath(document: Document, lines: LineCounter, path: string): Position {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (isAlias(node)) node = node.resolve(document);
    if (name !== undefined && isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (index !== undefined && isSeq(node) && Number(index) < node.items.length) {
      node = node.items[Number(index)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return positionAt(lines, offset);
}

/** Returns the place of an offset. */
export function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  // It answers 0 for the place before the first line's start.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
