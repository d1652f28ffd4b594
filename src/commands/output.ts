import { escapeControls } from '../escape-controls.ts'

/** Where commands write. Each call is a line. Nothing that is written gives a terminal orders. */
export type Output = {
  /** A result, to stdout. */
  out(line: string): void
  /** Everything else, to stderr. */
  error(line: string): void
  /**
   * How far a command is that may take long, to stderr: on a terminal in one line that is drawn again and goes when
   * anything else is said, elsewhere a line every two seconds.
   */
  progress(line: string): void
}

type Stream = { isTTY?: boolean; write(text: string): unknown }

const toldEveryMs = 2000
const clearLine = '\r\u001b[K'

export function createOutput(stdout: Stream, stderr: Stream, now: () => number = Date.now): Output {
  let isDrawn = false
  let toldAt: number | undefined
  const clear = (): void => {
    if (isDrawn) stderr.write(clearLine)
    isDrawn = false
  }
  const write = (stream: Stream, line: string): void => {
    clear()
    // A message may have several lines; whoever puts what others wrote into one of them keeps it there.
    stream.write(`${line.replace(/[^\n\t]+/g, escapeControls)}\n`)
  }
  return {
    out: (line) => write(stdout, line),
    error: (line) => write(stderr, line),
    progress: (line) => {
      if (stderr.isTTY) {
        clear()
        stderr.write(`${line} …`)
        isDrawn = true
        return
      }
      toldAt ??= now()
      if (now() - toldAt < toldEveryMs) return
      toldAt = now()
      write(stderr, `${line} …`)
    },
  }
}

/** A command that could not do what it was asked: its message is for the person at the terminal; exit status 1. */
export class CommandError extends Error {}
