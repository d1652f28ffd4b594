import { LRUCache } from 'lru-cache'

/**
 * A cache of so many entries at most; the one unused for longest goes first. It grows as it is filled: with `max` it would
 * take all its room when it is made, and a dozen of them would make up much of a server's start.
 */
export function createBoundedCache<K extends {}, V extends {}>(most: number): LRUCache<K, V> {
  return new LRUCache({ maxSize: most, sizeCalculation: () => 1 })
}
