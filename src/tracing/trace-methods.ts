import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { toErrorAnswer } from "../errors/answer.ts";

/**
 * Returns an object whose methods have spans, but for those that are named: they are called `<name> <method>`, and say
 * neither what a method was given nor what it answered. A failure is told by its reason. What is done for no request has none.
 */
export function traceMethods<T extends object>(
  tracer: Tracer,
  name: string,
  object: T,
  untraced: readonly (keyof T)[],
): T {
  const methods = Object.entries(object as Readonly<Record<string, unknown>>).flatMap(([key, method]) =>
    isMethod(method) && !untraced.includes(key as keyof T) ? [[key, traced(`${name} ${key}`, method)] as const] : [],
  );
  return { ...object, ...Object.fromEntries(methods) };

  function traced(spanName: string, method: Method): Method {
    return (...given) => {
      if (trace.getActiveSpan() === undefined) return method(...given);
      const span = tracer.startSpan(spanName, { kind: SpanKind.CLIENT });
      return context.with(trace.setSpan(context.active(), span), () => endWith(span, method(...given)));
    };
  }
}

type Method = (...given: unknown[]) => Promise<unknown>;

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

async function endWith<T>(span: Span, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const { reason, status } = toErrorAnswer(error);
    span.setAttribute("error.type", reason);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
