import { createInterface, type Interface } from 'node:readline/promises'
import { InvalidArgumentError } from 'commander'

/**
 * A question for whoever sits at the terminal; nothing typed means `usual`. `parse` throws an
 * InvalidArgumentError where an answer is wrong.
 */
export type Question<Answer> = { text: string; usual: string; parse: (text: string) => Answer }

/** Whoever was asked has gone, by Ctrl-C or Ctrl-D. */
export class NotAnswered extends Error {}

/** Asks at a terminal, until an answer is right. */
export class Terminal {
  readonly #output: NodeJS.WritableStream
  readonly #lines: Interface
  readonly #gone = new AbortController()

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#output = output
    this.#lines = createInterface({ input, output })
    this.#lines.once('close', () => this.#gone.abort())
  }

  /** @throws NotAnswered */
  async ask<Answer>({ text, usual, parse }: Question<Answer>): Promise<Answer> {
    for (;;) {
      const typed = await this.#read(usual === '' ? `${text}: ` : `${text} [${usual}]: `)
      try {
        return parse(typed.trim() === '' ? usual : typed.trim())
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error
        this.#output.write(`${error.message}\n`)
      }
    }
  }

  close(): void {
    this.#lines.close()
  }

  async #read(prompt: string): Promise<string> {
    try {
      return await this.#lines.question(prompt, { signal: this.#gone.signal })
    } catch (error) {
      throw new NotAnswered('nothing is written', { cause: error })
    }
  }
}
