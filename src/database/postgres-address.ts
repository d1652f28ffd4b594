import { Client } from 'pg'
import { WrongAddress } from './engine.ts'

/** Connections of each of the two pools, unless `pool_size` in the URL says otherwise. */
const usualPoolSize = 10
const largestPoolSize = 500

/** pg takes more than there are URLs, such as a user without a host, at a socket. @throws TypeError for what it does not */
export function requireReadable(url: string): void {
  new Client(url)
}

/**
 * How many connections a pool has: what many instances on one PostgreSQL make smaller, which takes a hundred unless it was
 * told otherwise. @throws WrongAddress, also for the same in another spelling, which would be passed over
 */
export function readPoolSize(url: string): number {
  const parameters = new URLSearchParams(url.split('?')[1])
  const misspelt = [...parameters.keys()].find((name) => name !== 'pool_size' && /^pool[-_]?size$/i.test(name))
  if (misspelt !== undefined) throw new WrongAddress(`${misspelt} is written pool_size`)
  const text = parameters.get('pool_size') ?? String(usualPoolSize)
  const size = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (size < 1 || size > largestPoolSize)
    throw new WrongAddress(`pool_size must be a whole number from 1 to ${largestPoolSize}`)
  return size
}
