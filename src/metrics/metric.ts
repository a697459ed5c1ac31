/** A number, under the labels that tell it from the metric's others. */
export type Sample = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram: which of its series it is, such as `..._bucket`. */
  readonly metricName?: string;
};

/** A metric, whose numbers are read when somebody scrapes, and not before. */
export type Metric = {
  /** By the conventions of Prometheus (https://prometheus.io/docs/practices/naming/): base units, `_total` for counts. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly read: () => Iterable<Sample> | Promise<Iterable<Sample>>;
};
