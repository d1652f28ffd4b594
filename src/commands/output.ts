import { escapeControls } from '../escape-controls.ts'

/** Where commands write. Each call is a line. Nothing that is written gives a terminal orders. */
export type Output = {
  /** A result, to stdout. */
  out(line: string): void
  /** Everything else, to stderr. */
  error(line: string): void
  /**
   * How far a command is that may take long, to stderr: on a terminal in one line that is drawn again and goes when
   * anything else is said, elsewhere a line every two seconds. What differs from the line before by its numbers alone may
   * come as often as it likes: it is drawn ten times a second at most, the last one always.
   */
  progress(line: string): void
}

type Stream = { isTTY?: boolean; write(text: string): unknown }

const toldEveryMs = 2000
const drawnEveryMs = 100
/**
 * Up to the line that was drawn, and clear from there. It ends with a line break, so that whoever ends a command finds a clean
 * prompt; to clear it at the signal would need a handler, which a long statement of SQLite's would keep waiting.
 */
const clearDrawn = '\r\u001b[A\u001b[J'

export function createOutput(stdout: Stream, stderr: Stream, now: () => number = Date.now): Output {
  let drawn: { step: string; at: number } | undefined
  let drawing: NodeJS.Timeout | undefined
  let toldAt: number | undefined
  const clear = (): void => {
    clearTimeout(drawing)
    if (drawn !== undefined) stderr.write(clearDrawn)
    drawn = undefined
  }
  const draw = (line: string): void => {
    clear()
    stderr.write(`${escapeControls(line)} …\n`)
    drawn = { step: stepOf(line), at: now() }
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
        const restMs = drawn?.step === stepOf(line) ? drawn.at + drawnEveryMs - now() : 0
        clearTimeout(drawing)
        if (restMs <= 0) draw(line)
        else drawing = setTimeout(draw, restMs, line).unref()
        return
      }
      toldAt ??= now()
      if (now() - toldAt < toldEveryMs) return
      toldAt = now()
      write(stderr, `${line} …`)
    },
  }
}

/** What a line says beside its numbers. */
function stepOf(line: string): string {
  return line.replace(/\d+/g, '')
}

/** A command that could not do what it was asked: its message is for the person at the terminal; exit status 1. */
export class CommandError extends Error {}
