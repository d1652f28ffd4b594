import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../src/config/environment.ts'
import { listVariables } from './variables.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

/** What .env.example says of each variable; of proxies and of the port of the metrics it has examples. */
const example = new Map(
  [...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
)
/** The table in docs/configuring.md. */
const table = new Map(
  [...read('docs/configuring.md').matchAll(/^\| `([A-Z_]+)` \| (?:`(.*?)` )?\|/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
)
const placeholdersIn = (file: string) => [...read(file).matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)

test('the table has every variable that the server reads, and no other', () => {
  expect([...table.keys()].toSorted()).toEqual(listVariables().toSorted())
})

test('.env.example has them, and what the example of a community file asks for', () => {
  const asked = placeholdersIn('communities/wed.example.yaml').filter((name) => !['NAME'].includes(name))
  expect([...example.keys()].toSorted()).toEqual([...new Set([...listVariables(), ...asked])].toSorted())
})

describe('what is usual', () => {
  test.each([...table].filter(([name]) => !['TRUST_PROXY', 'METRICS_PORT'].includes(name)))('%s: %s', (name, value) => {
    expect(example.get(name)).toBe(value)
    const usual = readEnvironment({})
    // These are decided where they are used: src/commands/start.ts, src/config/configuration.ts.
    const later = { HOST: 'host', PUBLIC_URL: 'publicUrl', DATABASE_URL: 'databaseUrl' }[name]
    const told = later === undefined ? {} : { [later]: value }
    expect(readEnvironment({ [name]: value })).toEqual({ ...usual, ...told })
  })
})
