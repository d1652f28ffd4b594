import { OutsideError } from '../outside/outside-error.ts'
import { type Finding, problem } from './finding.ts'

/** A finding for a service that could not be asked, or that refused for a reason nobody foresaw. */
export function explainFailure(subject: string, error: unknown): Finding {
  if (!(error instanceof OutsideError)) throw error
  const said = error.answer === '' ? '' : ` (it said: ${error.answer.slice(0, 200)})`
  const advice =
    error.kind === 'unavailable' ? "check this machine's connection, and try again later" : 'see what it said'
  return problem(subject, `${error.message}${said}: ${advice}`)
}
