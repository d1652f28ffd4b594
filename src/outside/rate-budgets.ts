import { createBoundedCache } from '../bounded-cache.ts'
import { type Clock, steadyClock } from '../clock.ts'

/** Who waits for a question's answer: a joining player, a person, or nobody, since something is remembered. */
export type Urgency = 'join' | 'call' | 'refresh'

/** The part of a limit that is kept for what is more urgent. */
const reserved: Readonly<Record<Urgency, number>> = { join: 0, call: 0.1, refresh: 0.25 }

const longestPauseMs = 3_600_000
const longestUntoldPauseMs = 60_000
/** Ends of one window differ by this at most from answer to answer, since they are told in whole seconds. */
const sameWindowMs = 1000
/** When a window ends; Discord's `x-ratelimit-reset` is a date, and so comes last. */
const resetHeaders = ['x-ratelimit-reset-after', 'x-ratelimit-reset']

/** Answers' headers, as the HTTP client has them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>
type Budget = { limit: number; remaining: number; resetsAt: number; refusals: number }

/**
 * Keeps to a service's rate limits before they are hit, as its answers tell them: `x-ratelimit-limit`, `-remaining` and
 * `-reset` (seconds), and `retry-after` with a 429. The last of a limit is kept for joins.
 */
export class RateBudgets {
  /** Of dates. */
  readonly #clock: Clock
  readonly #steadyClock: Clock
  readonly #budgets = createBoundedCache<string, Budget>(10_000)
  /** Questions that went out and have no answer yet. */
  readonly #underWay = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#steadyClock = steadyClock(clock)
  }

  /** 0 where a question of this urgency may be asked, else the milliseconds to wait. */
  waitMs(name: string, urgency: Urgency): number {
    const budget = this.#current(name)
    if (budget === undefined || budget.remaining > budget.limit * reserved[urgency]) return 0
    return budget.resetsAt - this.#steadyClock()
  }

  /** Counts a question that is being asked; its answer will tell what is left, but others may go out before. */
  take(name: string): void {
    const budget = this.#current(name)
    if (budget !== undefined) budget.remaining--
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + 1)
  }

  /** A question that was taken has its answer, which is to be learnt from after this, or will have none. */
  release(name: string): void {
    const others = (this.#underWay.get(name) ?? 1) - 1
    if (others > 0) this.#underWay.set(name, others)
    else this.#underWay.delete(name)
  }

  /** Learns from the headers of an answer. */
  learn(name: string, status: number, headers: Headers): void {
    const known = this.#current(name)
    if (status === 429) {
      // What ended with the last window counts as well: a service that never says for how long is asked ever less.
      const refusals = (this.#budgets.peek(name)?.refusals ?? 0) + 1
      const untoldMs = Math.min(1000 * 2 ** (refusals - 1), longestUntoldPauseMs)
      const pauseMs = this.#toldMs(headers, ['retry-after', ...resetHeaders]) ?? untoldMs
      this.#budgets.set(name, {
        limit: known?.limit ?? 0,
        remaining: 0,
        resetsAt: this.#steadyClock() + pauseMs,
        refusals,
      })
      return
    }
    // What was asked before a pause doesn't end it.
    if (known !== undefined && known.refusals > 0) return
    const limit = firstNumber(headers['x-ratelimit-limit'])
    const remaining = firstNumber(headers['x-ratelimit-remaining'])
    const resetMs = this.#toldMs(headers, resetHeaders)
    if (remaining === undefined || resetMs === undefined) {
      // A gateway's error tells nothing of the limit; what is known ends by itself.
      if (known === undefined) this.#budgets.delete(name)
      return
    }
    const resetsAt = this.#steadyClock() + resetMs
    // Within a window every question is counted here when it goes out; one that begins has those under way before it.
    const isSameWindow = known !== undefined && resetsAt <= known.resetsAt + sameWindowMs
    const left = isSameWindow
      ? Math.min(known.remaining, remaining)
      : Math.max(0, remaining - (this.#underWay.get(name) ?? 0))
    this.#budgets.set(name, {
      limit: limit ?? known?.limit ?? remaining,
      remaining: left,
      resetsAt,
      refusals: 0,
    })
  }

  #current(name: string): Budget | undefined {
    const budget = this.#budgets.get(name)
    return budget === undefined || budget.resetsAt <= this.#steadyClock() ? undefined : budget
  }

  /** The first of these headers that is a number of seconds, or for `retry-after` a date, in milliseconds from now. */
  #toldMs(headers: Headers, names: readonly string[]): number | undefined {
    for (const name of names) {
      const value = headers[name]
      const seconds = firstNumber(value)
      const date =
        name === 'retry-after' && seconds === undefined ? Date.parse(String(value)) - this.#clock() : Number.NaN
      const ms = seconds === undefined ? date : seconds * 1000
      if (ms >= 0) return Math.min(ms, longestPauseMs)
    }
    return undefined
  }
}

/** `1000, 1000;w=60` → 1000. */
function firstNumber(header: string | string[] | undefined): number | undefined {
  const text = String(header ?? '').match(/^\s*(\d+(?:\.\d+)?)\s*(?:[,;]|$)/)?.[1]
  return text === undefined ? undefined : Number(text)
}
