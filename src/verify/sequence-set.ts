const pageBytes = 8192
const pageSequences = pageBytes * 8

/** A set of sequences that takes a bit for each, so that millions fit into memory. They are added in their order. */
export class SequenceSet {
  /** Only of those pages that something was added to: a forged sequence may be any number. */
  readonly #pages = new Map<number, Uint8Array>()

  add(sequence: number): void {
    const { page, byte, bit } = locate(sequence)
    let bytes = this.#pages.get(page)
    if (bytes === undefined) {
      bytes = new Uint8Array(pageBytes)
      this.#pages.set(page, bytes)
    }
    bytes[byte] = (bytes[byte] ?? 0) | bit
  }

  delete(sequence: number): void {
    const { page, byte, bit } = locate(sequence)
    const bytes = this.#pages.get(page)
    if (bytes !== undefined) bytes[byte] = (bytes[byte] ?? 0) & ~bit
  }

  /** Those that are left, in the order in which they were added. */
  *[Symbol.iterator](): Generator<number> {
    for (const [page, bytes] of this.#pages) {
      for (const [index, byte] of bytes.entries()) {
        for (let shift = 0; byte >> shift > 0; shift++) {
          if (((byte >> shift) & 1) === 1) yield page * pageSequences + index * 8 + shift
        }
      }
    }
  }
}

function locate(sequence: number): { page: number; byte: number; bit: number } {
  const offset = sequence % pageSequences
  return { page: Math.floor(sequence / pageSequences), byte: Math.floor(offset / 8), bit: 1 << (offset % 8) }
}
