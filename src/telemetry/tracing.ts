import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'

/** By which a line of log and a span find each other. */
export type TraceIds = { trace_id: string; span_id: string }

/** A request that is followed: its ids for the log, its span around what is done for it. */
export type RequestTrace = {
  ids: TraceIds
  run<T>(work: () => T): T
  end(answer: { method: string; route: string | undefined; status: number; problem: string | undefined }): void
}

/** What a span is of: OpenTelemetry's own names for it stay here, so that only who wants traces loads its library. */
export type SpanStart = { name: string; kind: keyof typeof kinds; attributes: Attributes }

const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER }

/**
 * Spans for OpenTelemetry (docs/metrics.md). It exists only where the environment asks for traces (`start-tracing.ts`). Spans hold no
 * ids of people, no keys and no URLs.
 */
export class Tracing {
  readonly #tracer: Tracer

  constructor({ version }: { version: string }) {
    this.#tracer = trace.getTracer('magicband', version)
  }

  /** Begins the span of a request, under that of its caller where `traceparent` names one. */
  beginRequest(method: string, headers: object): RequestTrace {
    const caller = propagation.extract(ROOT_CONTEXT, headers)
    const span = this.#tracer.startSpan(
      method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } },
      caller,
    )
    const inside = trace.setSpan(caller, span)
    return {
      ids: idsOf(span),
      run: (work) => context.with(inside, work),
      end: ({ route, status, problem }) => {
        if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route)
        span.setAttribute('http.response.status_code', status)
        if (problem !== undefined) span.setAttribute('magicband.problem', problem)
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      },
    }
  }

  /** Runs work in a span under the one that is active. What it throws is told by its kind alone. */
  async run<T>({ name, kind, attributes }: SpanStart, work: (span: Span, ids: TraceIds) => Promise<T>): Promise<T> {
    return this.#tracer.startActiveSpan(name, { kind: kinds[kind], attributes }, async (span) => {
      try {
        return await work(span, idsOf(span))
      } catch (error) {
        span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    })
  }

  /** Adds the span of a statement that has just ended, where it was on somebody's behalf. Its values are not in `sql`. */
  addStatement(sql: string, durationMs: number): void {
    if (trace.getActiveSpan() === undefined) return
    const end = Date.now()
    const [name = 'statement'] = /^\w+/.exec(sql) ?? []
    this.#tracer
      .startSpan(name, { kind: SpanKind.CLIENT, startTime: end - durationMs, attributes: { 'db.query.text': sql } })
      .end(end)
  }
}

/** The ids of a span as the log has them. */
function idsOf(span: Span): TraceIds {
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}
