/** A line of JSON for each thing worth telling; whoever runs the bot reads it, so it holds no secret and no text of people. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, details?: object) => void

export function createLog(write: (line: string) => void): Log {
  return (level, message, details = {}) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`)
  }
}

/** What a log may say of an error. The errors of discord.js also hold the request, whose address has a token in it. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = 'code' in error ? { code: error.code } : {}
  const status = 'status' in error ? { status: error.status } : {}
  return { error: error.name, ...code, ...status, reason: error.message }
}
