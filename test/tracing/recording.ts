/** An SDK of OpenTelemetry for this process, which keeps the spans in memory. */
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** What was recorded. */
export type Recording = {
  /** Resolves with the spans of a trace once its request is over, whose span ends last. */
  spans(traceId: string): Promise<readonly ReadableSpan[]>;
  /** Returns those that there are by now. */
  now(traceId: string): readonly ReadableSpan[];
  /** Leaves the process as if nothing had been registered. */
  stop(): void;
};

/** Registers the SDK for all that is traced from now on. */
export function startRecording(): Recording {
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const spansOf = (traceId: string) =>
    exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  return {
    now: spansOf,
    async spans(traceId) {
      const endMs = performance.now() + 5_000;
      for (;;) {
        const spans = spansOf(traceId);
        if (spans.some(({ kind }) => kind === SpanKind.SERVER) || performance.now() > endMs) return spans;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    stop() {
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
