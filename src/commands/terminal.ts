import { createInterface, type Interface } from 'node:readline'
import { InvalidArgumentError } from 'commander'
import { escapeControls } from '../escape-controls.ts'

/**
 * A question for whoever sits at the terminal; nothing typed means `usual`. `parse` throws an
 * InvalidArgumentError where an answer is wrong.
 */
export type Question<Answer> = { text: string; usual: string; parse: (text: string) => Answer }

/** Whoever was asked has gone, by Ctrl-D. */
export class NotAnswered extends Error {}

/** Asks at a terminal, until an answer is right. Lines that are typed before they are asked for answer what comes. */
export class Terminal {
  readonly #output: NodeJS.WritableStream
  readonly #lines: Interface
  readonly #typedAhead: string[] = []
  #isGone = false
  /** Whoever waits for the next line; undefined stands for the end. */
  #waiting: ((line: string | undefined) => void) | undefined

  /** `interrupted` is called at Ctrl-C, whatever is being done. */
  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, interrupted: () => void) {
    this.#output = output
    this.#lines = createInterface({ input, output, prompt: '' })
    this.#lines.on('line', (line) => {
      if (this.#waiting === undefined) this.#typedAhead.push(line)
      else this.#answer(line)
    })
    this.#lines.once('close', () => {
      this.#isGone = true
      this.#answer(undefined)
    })
    this.#lines.once('SIGINT', () => {
      output.write('\n')
      this.#lines.close()
      interrupted()
    })
  }

  /** @throws NotAnswered */
  async ask<Answer>({ text, usual, parse }: Question<Answer>): Promise<Answer> {
    for (;;) {
      const typed = await this.#read(usual === '' ? `${text}: ` : `${text} [${escapeControls(usual)}]: `)
      try {
        return parse(typed.trim() === '' ? usual : typed.trim())
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error
        this.#output.write(`${escapeControls(error.message)}\n`)
      }
    }
  }

  close(): void {
    this.#lines.close()
  }

  async #read(prompt: string): Promise<string> {
    const ahead = this.#typedAhead.shift()
    if (ahead !== undefined) {
      this.#output.write(`${prompt}${escapeControls(ahead)}\n`)
      return ahead
    }
    const line = this.#isGone ? undefined : await this.#readNext(prompt)
    if (line === undefined) throw new NotAnswered('nothing is written')
    return line
  }

  /** A line that has begun already stands behind the prompt. */
  #readNext(prompt: string): Promise<string | undefined> {
    this.#lines.setPrompt(prompt)
    this.#lines.prompt(true)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  #answer(line: string | undefined): void {
    this.#lines.setPrompt('')
    this.#waiting?.(line)
    this.#waiting = undefined
  }
}
