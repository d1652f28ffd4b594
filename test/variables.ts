import { readEnvironment } from '../src/config/environment.ts'

/** The names of all environment variables that the server reads. */
export function listVariables(): string[] {
  const asked = new Set<string>()
  const variables = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get: (_none, name) => {
        asked.add(String(name))
        return undefined
      },
    },
  )
  readEnvironment(variables)
  return [...asked]
}
