import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { durationBuckets } from './buckets.ts'

/** What stands for a request of no route: a path that doesn't exist is its caller's invention. */
const noRoute = 'none'

/** Requests and connections. */
export class HttpMetrics {
  readonly #requests: Counter<'route' | 'status'>
  readonly #durations: Histogram<'route'>
  readonly #refusals: Counter<'problem'>
  readonly #unreadable: Counter
  readonly #refusedConnections: Counter<'reason'>
  #inFlight = 0
  #connections = 0

  constructor(registry: Registry) {
    const registers = [registry]
    this.#requests = new Counter({
      name: 'magicband_http_requests_total',
      help: 'Requests that were answered, by route and status; 499 where the connection ended before, or was cut off.',
      labelNames: ['route', 'status'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'magicband_http_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its answer, or of its connection, by route.',
      labelNames: ['route'],
      buckets: [...durationBuckets],
      registers,
    })
    this.#refusals = new Counter({
      name: 'magicband_http_refusals_total',
      help: 'Requests that were refused or failed, by problem: server-busy is shed load, too-many-requests is over a limit, not-ranked is an approval that Roblox or a person stands in the way of.',
      labelNames: ['problem'],
      registers,
    })
    this.#unreadable = new Counter({
      name: 'magicband_http_unreadable_requests_total',
      help: 'What came on a connection and was no HTTP, too long, or too slow.',
      registers,
    })
    this.#refusedConnections = new Counter({
      name: 'magicband_http_connections_refused_total',
      help: 'Connections over the limit of one address (address) or of all (all).',
      labelNames: ['reason'],
      registers,
    })
    this.#gauge(
      registry,
      'magicband_http_requests_in_flight',
      'Requests that are being answered.',
      () => this.#inFlight,
    )
    this.#gauge(registry, 'magicband_http_connections', 'Connections that are open.', () => this.#connections)
  }

  began(): void {
    this.#inFlight++
  }

  ended(): void {
    this.#inFlight--
  }

  answered(route: string | undefined, status: number, durationMs: number): void {
    this.#requests.inc({ route: route ?? noRoute, status })
    this.#durations.observe({ route: route ?? noRoute }, durationMs / 1000)
  }

  /** `problem` is a code of the closed list, or `failure`. */
  refused(problem: string): void {
    this.#refusals.inc({ problem })
  }

  unreadable(): void {
    this.#unreadable.inc()
  }

  connected(): void {
    this.#connections++
  }

  disconnected(): void {
    this.#connections--
  }

  refusedConnection(reason: 'address' | 'all'): void {
    this.#refusedConnections.inc({ reason })
  }

  #gauge(registry: Registry, name: string, help: string, value: () => number): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => {
        gauge.set(value())
      },
    })
  }
}
