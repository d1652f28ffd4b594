import type { StoreAnswer, StoreRequest } from './protocol.ts'

type Entry = { text: string; version: number }
type Fault = 'fail' | 'lost' | 'throttle' | { delay: number } | undefined

/** Roblox's data stores, which the servers of a game share and which outlive them. */
export class DataStores {
  readonly #stores = new Map<string, Map<string, Entry>>()
  #version = 0
  /**
   * What becomes of a request: one that fails does nothing, one that is lost is done and told as failed, one that
   * is throttled waits, and one with a delay is answered these seconds later. */
  fault: (request: StoreRequest, jobId: string) => Fault = () => undefined
  readonly requests: StoreRequest[] = []

  /** What the server with this JobId is answered. */
  answer(request: StoreRequest, jobId: string): StoreAnswer {
    this.requests.push(request)
    const fault = this.fault(request, jobId)
    if (fault === 'throttle') return { error: '301: the queue is full', seconds: 60 }
    if (fault === 'fail') return { error: '502: API Services rejected the request' }
    const answer = this.#carryOut(request)
    if (fault === 'lost') return { error: '504: the response was not formatted correctly' }
    return fault === undefined ? answer : { ...answer, seconds: fault.delay }
  }

  /** The values of a standard data store by key. */
  values(name: string): Record<string, unknown> {
    return Object.fromEntries([...this.#open(name, false)].map(([key, { text }]) => [key, JSON.parse(text)]))
  }

  /** The values of an ordered data store by key. */
  ordered(name: string): Record<string, number> {
    return Object.fromEntries([...this.#open(name, true)].map(([key, { text }]) => [key, Number(text)]))
  }

  clear(): void {
    this.#stores.clear()
    this.requests.length = 0
    this.fault = () => undefined
  }

  #open(name: string, isOrdered: boolean): Map<string, Entry> {
    const id = `${isOrdered} ${name}`
    const store = this.#stores.get(id) ?? new Map<string, Entry>()
    this.#stores.set(id, store)
    return store
  }

  #carryOut(request: StoreRequest): StoreAnswer {
    const store = this.#open(request.store, request.isOrdered)
    switch (request.op) {
      case 'get': {
        const entry = store.get(request.key)
        return entry === undefined ? { version: 0 } : { text: entry.text, version: entry.version }
      }
      case 'set': {
        if (request.version !== undefined && request.version !== (store.get(request.key)?.version ?? 0))
          return { isOutrun: true }
        store.set(request.key, { text: request.text, version: ++this.#version })
        return {}
      }
      case 'remove':
        store.delete(request.key)
        return {}
      case 'list':
        return { keys: [...store.keys()].map((KeyName) => ({ KeyName })) }
      case 'sorted': {
        const entries = [...store].map(([key, { text }]) => ({ key, value: Number(text) }))
        const wanted = entries.filter(({ value }) => value >= request.least && value <= request.most)
        return { entries: wanted.sort((one, other) => one.value - other.value).slice(0, request.count) }
      }
    }
  }
}
