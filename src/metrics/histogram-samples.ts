import { boundsS, type Durations } from "./durations.ts";
import type { Sample } from "./metric.ts";

/** Returns durations as the samples of a histogram in seconds. */
export function* histogramSamples(
  name: string,
  durations: Durations,
  labels: Readonly<Record<string, string>> = {},
): Generator<Sample, void, void> {
  const atMost = durations.atMost();
  const count = durations.count();
  for (const [at, bound] of boundsS.entries()) {
    yield { metricName: `${name}_bucket`, labels: { ...labels, le: `${bound}` }, value: atMost[at]! };
  }
  yield { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: count };
  yield { metricName: `${name}_sum`, labels, value: durations.sumS() };
  yield { metricName: `${name}_count`, labels, value: count };
}
