import { createReadStream } from 'node:fs'

/** A file that players can't be imported from; the message says why, and what to do. */
export class NotImportable extends Error {}

/** A file that is damaged so that nothing after a place in it can be told apart; what stands before was read. */
export class CutShort extends NotImportable {
  /** `lastLine` is the one that the last thing that was read ends on, 0 where there is none. */
  constructor(lastLine: number, why: string, options?: ErrorOptions) {
    const what = lastLine === 0 ? 'nothing could' : `everything after line ${lastLine} could not`
    super(`${what} be read: ${why}; mend that and import again`, options)
  }
}

/**
 * A file's text, a piece at a time: UTF-8, or UTF-16 where it begins with that byte order mark, as Windows writes what is
 * redirected into a file. @throws NotImportable where it can't be read, or is in another encoding
 */
export async function* readText(file: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  try {
    for await (const bytes of createReadStream(file)) {
      decoder ??= new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8', { fatal: true })
      yield decoder.decode(bytes, { stream: true })
    }
    yield decoder?.decode() ?? ''
  } catch (cause) {
    if (cause instanceof TypeError) throw new NotImportable(`${file} is no UTF-8 text: save it as UTF-8`, { cause })
    throw new NotImportable(`${file} can't be read: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
