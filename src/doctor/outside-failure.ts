import { OutsideError } from '../outside/outside-error.ts'
import { type Finding, problem } from './finding.ts'

/** A finding for a service that could not be asked, or that refused for a reason nobody foresaw. */
export function explainFailure(subject: string, error: unknown): Finding {
  if (!(error instanceof OutsideError)) throw error
  const said = error.answer === '' ? '' : ` (it said: ${error.answer.slice(0, 200)})`
  return problem(subject, `${error.message}${said}: ${adviceOn(error)}`)
}

function adviceOn({ kind, status }: OutsideError): string {
  if (status === 429) return 'wait a minute, and try again'
  if (status !== undefined && status >= 500) return 'the service itself fails: try again later'
  if (kind === 'unavailable') return "check this machine's connection, and try again later"
  if (status === 401) return 'its key is not taken, put a right one into the community file'
  if (status === 404) return 'check the number in the community file'
  return 'mend what it says'
}
