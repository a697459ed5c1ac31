import { type Attributes, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { OnRead } from "../source/source-read-seen.ts";

/**
 * Creates the spans of what is done for a request: they are told when it is over, and how long it took. What several
 * requests wait for is in the trace of the first.
 */
export function createPartSpans(tracer: Tracer): {
  readonly onRead: OnRead;
  readonly onDrawn: (drawn: { readonly ms: number }) => void;
} {
  return {
    onRead({ kind, datasource, outcome, ms = 0 }) {
      const attributes = { "dashboards.source.kind": kind, "dashboards.datasource": datasource };
      add(`read ${kind}`, SpanKind.CLIENT, ms, attributes, outcome === "ok" ? undefined : outcome);
    },
    onDrawn: ({ ms }) => add("draw", SpanKind.INTERNAL, ms, {}),
  };

  function add(name: string, kind: SpanKind, ms: number, attributes: Attributes, failure?: string): void {
    // What is done for nobody, such as at the start, would be a trace of its own.
    if (trace.getActiveSpan() === undefined) return;
    const endTime = Date.now();
    const span = tracer.startSpan(name, { kind, startTime: endTime - ms, attributes });
    if (failure !== undefined) span.setAttribute("error.type", failure).setStatus({ code: SpanStatusCode.ERROR });
    span.end(endTime);
  }
}
