import type { Certifications, MagicbandClient } from '@magicband/client'

type Listed = Certifications['certifications']

const freshMs = 60_000
/** Discord wants to know what to offer within three seconds. */
const patienceMs = 2000

/** The certifications that there are, asked for once a minute at most: each letter that somebody types asks for them. */
export class CertificationList {
  readonly #magicband: MagicbandClient
  readonly #clock: () => number
  #known: { listed: Listed; askedAt: number } | undefined
  #asking: Promise<Listed> | undefined

  constructor(magicband: MagicbandClient, clock: () => number) {
    this.#magicband = magicband
    this.#clock = clock
  }

  /** What is known, however old, where Magicband can't be asked. @throws MagicbandError where nothing is known */
  async list(): Promise<Listed> {
    const known = this.#known
    if (known !== undefined && this.#clock() - known.askedAt < freshMs) return known.listed
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return known === undefined ? this.#asking : this.#asking.catch(() => known.listed)
  }

  async #ask(): Promise<Listed> {
    const answer = await this.#magicband.listCertifications({ signal: AbortSignal.timeout(patienceMs) })
    this.#known = { listed: answer.certifications, askedAt: this.#clock() }
    return answer.certifications
  }
}
