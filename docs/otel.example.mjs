/**
 * Traces of the service, to be loaded before it: `node --import ./docs/otel.example.mjs src/main.ts`. Copy it, and change
 * what you like. Beside the service it needs:
 *
 *     npm install --no-save @opentelemetry/sdk-trace-base @opentelemetry/context-async-hooks @opentelemetry/core \
 *       @opentelemetry/resources @opentelemetry/exporter-trace-otlp-http
 *
 * Spans go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, and to standard output without one.
 */
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";

const exporter =
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
    ? new ConsoleSpanExporter()
    : new (await import("@opentelemetry/exporter-trace-otlp-http")).OTLPTraceExporter();

// Spans of a request that its caller traces, and of so many of the others, from 0 to 1.
const share = Number(process.env.OTEL_TRACES_SAMPLER_ARG ?? 1);

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ "service.name": process.env.OTEL_SERVICE_NAME ?? "dashboards" }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 })],
  }),
);
