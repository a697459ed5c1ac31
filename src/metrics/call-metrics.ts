import { histogramSamples } from "./histogram-samples.ts";
import type { Metric } from "./metric.ts";
import type { Tallies } from "./tallies.ts";

/** Returns the metrics of what callers asked for, and of what was done for it. */
export function callMetrics(tallies: Tallies): readonly Metric[] {
  const duration = "dashboards_request_duration_seconds";
  const readDuration = "dashboards_source_read_duration_seconds";
  const drawDuration = "dashboards_draw_duration_seconds";
  return [
    {
      name: "dashboards_requests_total",
      help: "Requests that are over, by method or kind of path, protocol, and how they ended.",
      type: "counter",
      *read() {
        for (const { method, protocol, codes } of tallies.requests()) {
          for (const [code, value] of codes.entries()) yield { labels: { method, protocol, code }, value };
        }
      },
    },
    {
      name: duration,
      help: "How long requests took, from their head to the end of the answer. Streams, and what was refused unread, have none.",
      type: "histogram",
      *read() {
        for (const { method, protocol, durations } of tallies.requests()) {
          yield* histogramSamples(duration, durations, { method, protocol });
        }
      },
    },
    {
      name: "dashboards_source_reads_total",
      help: "Reads of sources, by kind and outcome; rows that are kept are no read.",
      type: "counter",
      *read() {
        for (const { kind, outcomes } of tallies.reads()) {
          for (const [outcome, value] of outcomes.entries()) yield { labels: { kind, outcome }, value };
        }
      },
    },
    {
      name: readDuration,
      help: "How long reads of sources took, their waits for room included.",
      type: "histogram",
      *read() {
        for (const { kind, durations } of tallies.reads()) yield* histogramSamples(readDuration, durations, { kind });
      },
    },
    {
      name: drawDuration,
      help: "How long dashboards took to be drawn once their rows were there, their waits for turns included.",
      type: "histogram",
      read: () => histogramSamples(drawDuration, tallies.drawn),
    },
    {
      name: "dashboards_rate_limited_total",
      help: "Calls, openings of links and failed tokens that came too soon.",
      type: "counter",
      *read() {
        for (const [limit, value] of tallies.limited.entries()) yield { labels: { limit }, value };
      },
    },
    {
      name: "dashboards_links_opened_total",
      help: "Links that were opened and showed their dashboard.",
      type: "counter",
      read: () => [{ value: tallies.linksOpened() }],
    },
  ];
}
