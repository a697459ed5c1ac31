import type { Frame } from "../frame/frame.ts";

/** Returns about how many bytes a frame takes in memory. */
export function frameBytes({ columns, length }: Frame): number {
  const cellBytes = 8;
  const bytes = columns.map((column) => {
    const [contents, unitBytes] =
      column.type === "string" ? [column.values, 2] : column.type === "numbers" ? [column.values, 8] : [[], 0];
    return contents.reduce((sum, content) => sum + unitBytes * (content?.length ?? 0), length * cellBytes);
  });
  return bytes.reduce((sum, each) => sum + each, 0);
}
