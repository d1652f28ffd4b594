import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/** A span as OTLP has it in JSON, its attributes as an object. */
export type ReceivedSpan = {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number }
  attributes: Record<string, string | number | undefined>
}

export type TraceReceiver = {
  address: string
  spans: ReceivedSpan[]
  /** What the spans say of where they come from. */
  resource: Record<string, string | number | undefined>
  /** Everything that was sent, as it came. */
  bodies: string[]
  close(): Promise<void>
}

type Attributes = { key: string; value: { stringValue?: string; intValue?: number } }[]
type Sent = {
  resourceSpans: {
    resource: { attributes: Attributes }
    scopeSpans: { spans: (Omit<ReceivedSpan, 'attributes'> & { attributes: Attributes })[] }[]
  }[]
}

/** Takes traces over HTTP as a collector of OpenTelemetry does, in JSON. */
export async function startTraceReceiver(): Promise<TraceReceiver> {
  const [spans, bodies]: [ReceivedSpan[], string[]] = [[], []]
  const resource: TraceReceiver['resource'] = {}
  const server = createServer(async (request, response) => {
    const body = await text(request)
    bodies.push(body)
    if (request.url === '/v1/traces') {
      const sent: Sent = JSON.parse(body)
      for (const { resource: from, scopeSpans } of sent.resourceSpans) {
        Object.assign(resource, toObject(from.attributes))
        for (const span of scopeSpans.flatMap((scope) => scope.spans))
          spans.push({ ...span, attributes: toObject(span.attributes) })
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    spans,
    resource,
    bodies,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function toObject(attributes: Attributes): Record<string, string | number | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
}
