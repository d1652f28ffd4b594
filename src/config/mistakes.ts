/** One thing that whoever set the server up has to change, said so that they know what to write instead. */
export type Mistake = { file: string; line?: number; message: string }

/** Everything that is wrong with the configuration, at once: the server does not start. */
export class ConfigurationError extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(describeMistake).join('\n'))
    this.name = 'ConfigurationError'
    this.mistakes = mistakes
  }
}

function describeMistake({ file, line, message }: Mistake): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`
}
