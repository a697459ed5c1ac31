/** One instruction of a Dockerfile, with its lines joined. */
type Instruction = { readonly name: string; readonly value: string };

/** What follows one FROM. */
export type Stage = {
  readonly image: string;
  /** Its name, for COPY --from; empty without one. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
};

/** Reads a Dockerfile that has no heredocs. Throws where it cannot tell what a line is. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string; instructions: Instruction[] }[] = [];
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  for (const line of lines
    .join("\n")
    .replace(/\\\n\s*/g, "")
    .split("\n")) {
    const [, name, value] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no instruction: ${line}`);
    if (name !== "FROM") stages.at(-1)!.instructions.push({ name, value });
    else {
      const [, image, stage = ""] = /^(\S+)(?: AS (\S+))?$/.exec(value)!;
      stages.push({ image: image!, name: stage, instructions: [] });
    }
  }
  return stages;
}

/** Returns the values of a stage's instructions of a name. */
export function valuesOf({ instructions }: Stage, wanted: string): readonly string[] {
  return instructions.filter(({ name }) => name === wanted).map(({ value }) => value);
}

/** Returns what a COPY takes from where, and to where. */
export function parseCopy(value: string): { readonly from?: string; readonly sources: string[]; readonly to: string } {
  const [, from, paths] = /^(?:--from=(\S+) )?(.+)$/.exec(value)!;
  const words = paths!.split(/\s+/);
  return { ...(from !== undefined && { from }), sources: words.slice(0, -1), to: words.at(-1)! };
}
