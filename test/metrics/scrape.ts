/** One line of a scrape. */
export type Scraped = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Reads a scrape in the text format of Prometheus. Throws for a line that is none of it. */
export function parseScrape(text: string): {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: Scraped[];
} {
  const types = new Map<string, string>();
  const samples: Scraped[] = [];
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const type = /^# TYPE ([a-z_0-9]+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) types.set(type[1]!, type[2]!);
    if (line.startsWith("#")) continue;
    const [, name, labels = "", value] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of a scrape: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key!, text!]);
    samples.push({ name, labels: Object.fromEntries(pairs), value: value === "+Inf" ? Infinity : Number(value) });
  }
  return { types, samples };
}

/** Returns the value under a name and at least these labels; undefined where there is none. Throws where there are several. */
export function sampleOf(
  samples: readonly Scraped[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  if (found.length > 1) throw new Error(`${name} has ${found.length} values`);
  return found[0]?.value;
}
