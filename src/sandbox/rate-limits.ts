/** So many requests in a window of so many seconds. */
export type RateLimit = { limit: number; seconds: number }

export type RateLimitName = keyof ReturnType<typeof publishedRateLimits>

/**
 * The limits that the platforms publish, by operation. RoVer publishes none; its number is a guess.
 * Where Roblox limits an operation by key owner and by universe, the narrower of the two stands here.
 */
export function publishedRateLimits() {
  const perMinute = (limit: number): RateLimit => ({ limit, seconds: 60 })
  const perSecond = (limit: number): RateLimit => ({ limit, seconds: 1 })
  return {
    getUser: perMinute(1_000),
    generateThumbnail: perMinute(1_000),
    getGroup: perMinute(150),
    listRoles: perMinute(300),
    getRole: perMinute(300),
    listMemberships: perMinute(300),
    updateMembership: perMinute(300),
    assignRole: perMinute(300),
    unassignRole: perMinute(300),
    listJoinRequests: perMinute(300),
    acceptJoinRequest: perMinute(100),
    declineJoinRequest: perMinute(100),
    getRestriction: perSecond(50),
    listRestrictions: perSecond(50),
    updateRestriction: perSecond(10),
    updateRestrictionOfOneUser: perMinute(2),
    listRestrictionLogs: perSecond(50),
    publishMessage: perMinute(5_000),
    introspectKey: perMinute(100),
    rover: perMinute(300),
    discordWebhook: { limit: 5, seconds: 2 },
  } satisfies Record<string, RateLimit>
}

/** What one request met: whether it is let through, and the numbers for the rate headers. */
export type RateVerdict = { isAllowed: boolean; remaining: number; resetSeconds: number }

const maxCounters = 10_000

/** Counts requests in fixed windows by the sandbox's clock; a window begins with its first request. */
export class RateCounters {
  readonly #clock: () => number
  readonly #windows = new Map<string, { endsAt: number; used: number }>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Counts one request against the named counter. */
  take(name: string, { limit, seconds }: RateLimit): RateVerdict {
    const now = this.#clock()
    let window = this.#windows.get(name)
    if (window === undefined || window.endsAt <= now) {
      if (this.#windows.size >= maxCounters) this.#dropEnded(now)
      window = { endsAt: now + seconds * 1000, used: 0 }
      this.#windows.set(name, window)
    }
    window.used += 1
    return {
      isAllowed: window.used <= limit,
      remaining: Math.max(0, limit - window.used),
      resetSeconds: (window.endsAt - now) / 1000,
    }
  }

  #dropEnded(now: number): void {
    for (const [name, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(name)
    if (this.#windows.size >= maxCounters) this.#windows.clear()
  }
}
