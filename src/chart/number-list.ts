/** Returns numbers as a list of their own. `Array.from` takes ten times as long for what a source's columns are. */
export function listOf(values: ArrayLike<number>): number[] {
  const list = new Array<number>(values.length);
  for (let index = 0; index < list.length; index += 1) list[index] = values[index]!;
  return list;
}
