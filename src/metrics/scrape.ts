import { collectDefaultMetrics, type Metric as RegisteredMetric, Registry } from "prom-client";
import type { Metric } from "./metric.ts";

/** What Prometheus scrapes. */
export type Scrape = {
  readonly contentType: string;
  /** Reads all metrics, and returns them in the text format of Prometheus. */
  text(): Promise<string>;
};

/**
 * How often the lag of the event loop is measured: prom-client's 10 ms take an idle process twice as much, of 0.4 % of a
 * processor.
 */
const lagStepMs = 20;

/**
 * Creates what is scraped: the given metrics, and those of the process and of Node that prom-client has: memory, CPU time,
 * open files, garbage collection, the lag of the event loop. These are measured from when this is called until the process
 * ends.
 */
export function createScrape(metrics: readonly Metric[]): Scrape {
  const registry = new Registry();
  for (const metric of metrics) registry.registerMetric(toRegistered(metric));
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagStepMs });
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

/** As prom-client registers what other processes have counted: all that it asks of a metric is its name and its values. */
function toRegistered({ name, help, type, read }: Metric): RegisteredMetric {
  const get = async () => ({ name, help, type, values: [...(await read())], aggregator: "sum" });
  return { name, get } as unknown as RegisteredMetric;
}
