import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, make } from './example-calls.ts'
import { type Magicband, moderator, type Reply, startMagicband } from './magicband.ts'

/** Holds what the server answers against what its OpenAPI document says, for whatever is asked. */
type Operation = {
  parameters?: { in: string; name: string; required: boolean; schema: TSchema & { type: string } }[]
  responses: Record<string, { content?: Record<string, { schema: TSchema }> }>
  security: object[]
}
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, TSchema> } }

let band: Magicband
let document: Document
const validators = new Map<string, Validator>()
beforeAll(async () => {
  band = await startMagicband()
  document = (await band.get('/openapi.json')).body as Document
  // Each call once as it should be: the players it makes are there for what follows.
  for (const call of exampleCalls) expectDocumented(call.method, call.path, await make(band, call))
})
afterAll(() => band.stop())

function operationOf(method: string, path: string): Operation {
  const operation = document.paths[path]?.[method.toLowerCase()]
  if (operation === undefined) throw new Error(`the document has no ${method} ${path}`)
  return operation
}

/** The schema of an answer with its references resolved, compiled once. */
function validatorOf(method: string, path: string, status: number): Validator | undefined {
  const name = `${method} ${path} ${status}`
  const known = validators.get(name)
  if (known !== undefined) return known
  const schema = operationOf(method, path).responses[status]?.content?.['application/json']?.schema
  if (schema === undefined) return undefined
  const resolved = JSON.parse(
    JSON.stringify(schema, (_key, value: unknown) => {
      const reference = typeof value === 'object' && value !== null && '$ref' in value ? String(value.$ref) : undefined
      return reference === undefined ? value : document.components.schemas[reference.split('/').at(-1) ?? '']
    }),
  )
  const validator = Compile(resolved)
  validators.set(name, validator)
  return validator
}

function expectDocumented(method: string, path: string, reply: Reply): void {
  const validator = validatorOf(method, path, reply.status)
  expect(validator, `${reply.status} is not documented: ${reply.text}`).toBeDefined()
  const [, errors] = validator?.Errors(reply.body) ?? [true, []]
  expect(errors, reply.text).toEqual([])
  // Who is outside of the group and doesn't ask to join can't be ranked: that is no failure of the server.
  const isRankless = path === '/application/approve' && reply.text.includes("couldn't rank user")
  if (!isRankless) expect(reply.status, reply.text).toBeLessThan(500)
}

const oddTexts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
    'null',
    'NaN',
    '-1',
    '0',
    '1e9',
    '٣',
    '\u202e',
    '@everyone',
  ),
  fc.constantFrom(
    "'; drop table ban; --",
    '%',
    '%%00',
    '$(id)',
    '<script>',
    '../../etc/passwd',
    'x'.repeat(1200),
    '🚒'.repeat(400),
  ),
)
const rightValues: Record<string, fc.Arbitrary<string>> = {
  id: fc.oneof(fc.constantFrom('1', '1001', '1006', '77', '9007199254740991', '0001002'), fc.nat(101_000).map(String)),
  place: fc.constantFrom('0', '1', '4895128840', '9007199254740991'),
  training: fc.constantFrom('true', 'FALSE', '0', '1'),
  server: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  certification: fc.constantFrom('tot', 'char', 'mtp', 'nope'),
  username: fc.constantFrom('Roblox', 'castone', 'StudentOne', 'VISITOR100001', 'Visitor100002', 'NobodyAtAll'),
  moderator: fc.constantFrom(moderator, '18446744073709551615'),
  discord: fc.constantFrom('100000000000000001', '100000000000001004', '999999999999999999'),
  reason: fc.oneof(
    fc.constantFrom('bad boy', '**[x](y)** @here'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 99 }),
  ),
  duration: fc.constantFrom('0', '1', '59.9', '600', '86400'),
}
const names = Object.keys(rightValues)

/** Mostly right parameters, with some left out, given twice, wrong, or unknown. */
function queryFor(expected: readonly string[]): fc.Arbitrary<[string, string][]> {
  const right = expected.map((name) => fc.tuple(fc.constant(name), rightValues[name] ?? oddTexts))
  const odd = fc.tuple(fc.oneof(fc.constantFrom(...names, 'key'), fc.string({ maxLength: 8 })), oddTexts)
  return fc
    .tuple(
      fc.tuple(...right),
      fc.array(odd, { maxLength: 2 }),
      fc.array(fc.nat(), { maxLength: 1 }),
      fc.constantFrom('all', 'all', 'replace', 'drop'),
    )
    .map(([given, extra, places, how]) => {
      const query: [string, string][] = [...given]
      for (const place of places) {
        const at = query.length === 0 ? 0 : place % query.length
        if (how === 'drop') query.splice(at, 1)
        const name = query[at]?.[0]
        if (how === 'replace' && name !== undefined) query[at] = [name, extra[0]?.[1] ?? '']
      }
      return how === 'all' ? query : [...query, ...extra]
    })
}

const bodies = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(
    '',
    '[]',
    '{}',
    'null',
    'q1=a&q2=b&q3=c&q4=d',
    '{"q1":"a","q2":"b","q3":"c","q4":"d"}',
    '{"q1":1}',
    '{"q1":',
  ),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.json(),
)
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'banana',
      '',
    ),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'br'),
    'idempotency-key': fc.constantFrom('one', 'two', 'x'.repeat(201)),
    'roblox-id': fc.constantFrom('0', '1', '4895128840', 'x', '9'.repeat(50)),
    'x-request-id': fc.constantFrom('mine'),
  },
  { requiredKeys: [] },
)
const keys = fc.constantFrom('right', 'right', 'right', 'right', 'game', 'bot', 'status', 'wrong', null)

describe('whatever is asked is answered as the document says, and never with a failure', () => {
  test.each(exampleCalls)('$method $path', async (call) => {
    const expected = call.path === '/profile' ? ['username'] : Object.keys(call.query)
    await fc.assert(
      fc.asyncProperty(queryFor(expected), bodies, headers, keys, async (query, body, given, key) => {
        // Wrong keys are not to block the address, and bans and shifts of a moment ago not to answer for all.
        band.advance(10_000)
        const text = query.map(
          ([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
        )
        const reply = await band.request(call.method, `${call.path}?${text.join('&')}`, {
          key: key === 'right' ? (call.kinds[0] ?? null) : key,
          headers: given,
          ...(body === undefined || call.method === 'GET' ? {} : { body: body.toWellFormed() }),
        })
        expectDocumented(call.method, call.path, reply)
      }),
      { numRuns: 100, endOnFailure: true },
    )
  })
})

describe('the document', () => {
  test('allows nothing that the contract does not show', () => {
    const right = { certifications: '', auth: true, clearance: 0 }
    const connect = validatorOf('GET', '/connect', 200)
    const refusal = validatorOf('GET', '/connect', 403)
    expect([connect?.Check(right), connect?.Check({ ...right, more: 1 }), connect?.Check({ auth: true })]).toEqual([
      true,
      false,
      false,
    ])
    expect([refusal?.Check({ status: 'error', message: 'x' }), refusal?.Check({ status: 'success' })]).toEqual([
      true,
      false,
    ])
  })

  test('lists the parameters of each call in the order of the contract, and which may be left out', () => {
    for (const call of exampleCalls.filter(({ path }) => path !== '/profile')) {
      const parameters = (operationOf(call.method, call.path).parameters ?? []).filter((one) => one.in === 'query')
      expect([call.path, parameters.map(({ name }) => name)]).toEqual([call.path, Object.keys(call.query)])
      const optional = parameters.filter(({ required }) => !required).map(({ name }) => name)
      const expected = { '/connect': ['server'], '/ban/add': ['duration'] }[call.path] ?? []
      expect([call.path, optional]).toEqual([call.path, expected])
    }
  })

  test('says of each parameter what is right: every right value is valid by its schema', () => {
    for (const call of exampleCalls) {
      for (const { name, schema } of operationOf(call.method, call.path).parameters ?? []) {
        const text = call.query[name]
        if (text === undefined) continue
        const value = schema.type === 'integer' || schema.type === 'number' ? Number(text) : text
        expect([call.path, name, Compile(schema).Check(value)]).toEqual([call.path, name, true])
      }
    }
  })

  test('has every status that the calls share', () => {
    for (const call of exampleCalls) {
      const { responses } = operationOf(call.method, call.path)
      expect(Object.keys(responses)).toEqual(
        expect.arrayContaining(['200', '400', '401', '403', '404', '409', '413', '429', '500', '503']),
      )
    }
  })
})
