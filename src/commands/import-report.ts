import { type FileHandle, open, stat } from 'node:fs/promises'
import { CommandError } from './output.ts'

/** Lines that a person is shown in full; the rest are in the report's file, and counted in the summary. */
const shownLimit = 100
const bufferLimit = 64 * 1024

/** Tells what an import has to say of single records: the first on the terminal, and all of them in a file where one is wanted. */
export class ImportReport {
  readonly #show: (line: string) => void
  readonly #handle: FileHandle | undefined
  #shown = 0
  #told = 0
  #buffer = ''

  private constructor(show: (line: string) => void, handle: FileHandle | undefined) {
    this.#show = show
    this.#handle = handle
  }

  /** `file` is written anew. @throws CommandError where it can't be, or is what is imported from */
  static async open(show: (line: string) => void, file: string | undefined, source: string): Promise<ImportReport> {
    if (file === undefined) return new ImportReport(show, undefined)
    if (await isSameFile(file, source)) throw new CommandError(`${file} is what is imported from: name another report`)
    try {
      return new ImportReport(show, await open(file, 'w'))
    } catch (cause) {
      throw new CommandError(`the report can't be written: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      })
    }
  }

  async tell(line: string): Promise<void> {
    this.#told++
    if (this.#shown < shownLimit) {
      this.#shown++
      this.#show(line)
    }
    if (this.#handle === undefined) return
    this.#buffer += `${line}\n`
    if (this.#buffer.length >= bufferLimit) await this.#write()
  }

  /** Says how many lines were not shown, and where they are. */
  showRest(file: string | undefined): void {
    const rest = this.#told - this.#shown
    if (rest > 0)
      this.#show(`… and ${rest} more${file === undefined ? ': see all with --report FILE' : `, all in ${file}`}`)
  }

  async close(): Promise<void> {
    await this.#write()
    await this.#handle?.close()
  }

  async #write(): Promise<void> {
    const text = this.#buffer
    this.#buffer = ''
    if (text !== '') await this.#handle?.appendFile(text)
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.allSettled([stat(one), stat(other)])
  if (first.status === 'rejected' || second.status === 'rejected') return false
  return first.value.ino === second.value.ino && first.value.dev === second.value.dev
}
