import { parseArgs } from 'node:util'
import { type CallName, callNames } from './calls.ts'
import { type DatabaseKind, databaseKinds } from './databases.ts'

/** What is measured: the usual table, or one of the longer questions. */
export type Mode = 'usual' | 'large' | 'soak' | 'instances' | 'profile'

export type Options = {
  mode: Mode
  databases: readonly DatabaseKind[]
  calls: readonly CallName[]
  connections: readonly number[]
  /** How long one measurement takes. */
  seconds: number
  /** How often each server has its turn. */
  rounds: number
  /** Millions of requests of a soak. */
  millions: number
  isJson: boolean
  /** Where the large database stays; in a folder that is deleted unless given. */
  dataFolder: string | undefined
}

export const usage = `npm run bench -- [options]

  --only sqlite|postgres        one database instead of both
  --calls connect,profile,log   some of the calls
  --connections 1,32,256        how many connections ask at once
  --seconds 1.5                 how long a measurement takes
  --rounds 3                    how often each server has its turn
  --json                        for machines
  --large                       1,000,000 players beside 1,000 (SQLite unless --only postgres)
  --data DIR                    where the large database stays, to be used again
  --soak [--millions 1]         memory over so many million requests (SQLite unless --only postgres)
  --instances                   two instances on one PostgreSQL beside one
  --profile                     what the time of each call goes to`

/** Reads the command line. @throws Error that says what is wrong */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      calls: { type: 'string', default: callNames.join(',') },
      connections: { type: 'string', default: '1,32,256' },
      seconds: { type: 'string', default: '1.5' },
      rounds: { type: 'string', default: '3' },
      millions: { type: 'string', default: '1' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      soak: { type: 'boolean', default: false },
      instances: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  })
  const mode = (['large', 'soak', 'instances', 'profile'] as const).find((name) => values[name]) ?? 'usual'
  return {
    mode,
    databases: values.only === undefined ? databasesOf(mode) : [oneOf(databaseKinds, values.only, '--only')],
    calls: values.calls.split(',').map((call) => oneOf(callNames, call, '--calls')),
    connections: values.connections.split(',').map((text) => readNumber(text, '--connections')),
    seconds: readNumber(values.seconds, '--seconds'),
    rounds: readNumber(values.rounds, '--rounds'),
    millions: readNumber(values.millions, '--millions'),
    isJson: values.json,
    dataFolder: values.data,
  }
}

function databasesOf(mode: Mode): readonly DatabaseKind[] {
  if (mode === 'usual' || mode === 'profile') return databaseKinds
  return mode === 'instances' ? ['postgres'] : ['sqlite']
}

function oneOf<Name extends string>(names: readonly Name[], text: string, option: string): Name {
  const found = names.find((name) => name === text)
  if (found === undefined) throw new Error(`${option} takes ${names.join(', ')}; not ${text}`)
  return found
}

function readNumber(text: string, option: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${option} takes numbers above 0; not ${text}`)
  return value
}
