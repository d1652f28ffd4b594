import { gzipSync } from 'node:zlib'
import fc from 'fast-check'

/** A request as bytes go over the wire: whatever HTTP allows, and for raw ones whatever it doesn't. */
export type FuzzRequest = { method: string; target: string; headers: [string, string][]; body: Uint8Array }

const paths = [
  ...['/connect', '/profile', '/certification/grant', '/certification/revoke', '/ban/add', '/ban/remove'],
  ...['/application/approve', '/application/upload', '/log', '/status', '/health', '/openapi.json', '/docs'],
  ...['/pastes/0', '/webhooks/roblox/wed', '/webhooks/roblox/nobody', '/v1/server-token', '/v1/', '/'],
]
const parameters = [
  ...['id', 'username', 'discord', 'place', 'server', 'duration', 'training', 'certification', 'moderator', 'reason'],
  ...['q1', 'q2', 'key', '__proto__', 'constructor', 'toString', 'id[]', 'id[a]'],
]
const right = [
  ...['1', '1002', '100001', 'CastOne', 'Visitor100002', 'tot', 'true', '0', '600', '301715666401230851', 'bad boy'],
]
const awkward = [
  ...['', ' ', '-1', '1e9', '0x10', '9007199254740991', '9007199254740992', '99999999999999999999', 'NaN', 'Infinity'],
  ...['null', 'undefined', '[]', '{}', '\0', '\r\nx: y', '%', '%00', "'; drop table player; --", '../../etc/passwd'],
  ...['@everyone', '<@1>', '$\u007bjndi:ldap://x}', '{{7*7}}', '<script>', '\u202e', '\ud800', '🚒'.repeat(200)],
]

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...right) },
  { weight: 3, arbitrary: fc.constantFrom(...awkward) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 500, maxLength: 3000 }) },
)

/** Encoded as it should be, or left as it is where Node lets it pass. */
const inTarget = fc.oneof(
  { weight: 5, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed())) },
  { weight: 1, arbitrary: fc.stringMatching(/^[!-~]{0,60}$/) },
)

const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...parameters), inTarget), inTarget), { maxLength: 9 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'))

const target = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...paths), query).map(([path, rest]) => `${path}?${rest}`) },
  { weight: 1, arbitrary: fc.stringMatching(/^\/[!-~]{0,200}$/) },
)

const json = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.record({ q1: text, q2: text, q3: text, q4: text }).map((value) => JSON.stringify(value)),
  fc.record({ place: text, server: text }).map((value) => JSON.stringify(value)),
  fc.integer({ min: 1, max: 5000 }).map((depth) => '['.repeat(depth)),
)
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.constant(new Uint8Array()) },
  { weight: 4, arbitrary: json.map((value) => new TextEncoder().encode(value)) },
  { weight: 2, arbitrary: query.map((value) => new TextEncoder().encode(value)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 2000 }) },
  { weight: 1, arbitrary: json.map((value) => new Uint8Array(gzipSync(value))) },
)

/** Unzipped a hundred times the limit, and just over it. */
const heavy = [new Uint8Array(gzipSync(Buffer.alloc(25 * 1024 * 1024))), new Uint8Array(256 * 1024 + 1)]

const headerValue = fc.oneof(fc.constantFrom(...right), fc.stringMatching(/^[ -~]{0,300}$/))

/** Headers that mean something here, and others; `keys` are right ones. */
function headersFor(keys: readonly string[]): fc.Arbitrary<[string, string][]> {
  const one = fc.oneof(
    fc.tuple(fc.constant('x-api-key'), fc.oneof(fc.constantFrom(...keys), headerValue)),
    fc.tuple(
      fc.constant('authorization'),
      headerValue.map((value) => `Bearer ${value}`),
    ),
    fc.tuple(fc.constant('idempotency-key'), fc.oneof(fc.constantFrom('a', 'b', 'c'), headerValue)),
    fc.tuple(
      fc.constant('content-type'),
      fc.constantFrom('application/json', 'multipart/form-data', 'x', '', 'a/b;c=d'),
    ),
    fc.tuple(fc.constant('content-encoding'), fc.constantFrom('gzip', 'x-gzip', 'br', 'gzip, gzip', 'identity', '?')),
    fc.tuple(fc.constant('roblox-id'), headerValue),
    fc.tuple(fc.constant('roblox-signature'), headerValue),
    fc.tuple(fc.constantFrom('range', 'accept', 'cookie', 'origin', 'te', 'if-none-match', 'via'), headerValue),
    fc.tuple(fc.stringMatching(/^x-[a-z]{1,20}$/), headerValue),
  )
  const key = fc.constantFrom(...keys).map((value): [string, string] => ['x-api-key', value])
  return fc.tuple(fc.option(key, { freq: 4 }), fc.array(one, { maxLength: 6 })).map(([first, others]) => {
    const all = first === null ? others : [first, ...others]
    return [...new Map(all).entries()]
  })
}

const methods = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'POST') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY') },
)

/** Requests that are HTTP, over all routes. */
export function listRequests(keys: readonly string[], { count, seed }: { count: number; seed: number }): FuzzRequest[] {
  const body = fc.oneof({ weight: 40, arbitrary: bytes }, { weight: 1, arbitrary: fc.constantFrom(...heavy) })
  const one = fc.record({ method: methods, target, headers: headersFor(keys), body })
  return fc.sample(one, { numRuns: count, seed })
}

/** Bytes that are nearly HTTP: whole requests that were cut, bent and run together, and noise. */
export function listRawMessages(keys: readonly string[], { count, seed }: { count: number; seed: number }): Buffer[] {
  const [key = ''] = keys
  const whole = [
    `GET /connect?place=1&id=1002&training=0 HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\n\r\n`,
    `POST /log?id=1002&place=1&duration=5&training=0&server=a HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-length: 0\r\n\r\n`,
    `POST /application/upload?id=1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"q1"\r\n0\r\n\r\n`,
    'POST /log HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /log HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999999\r\n\r\nabc',
    'POST /log HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef',
    'POST /log HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffff\r\nabc',
    `GET /health HTTP/1.1\r\n${Array.from({ length: 3000 }, (_, index) => `x-${index}: y\r\n`).join('')}\r\n`,
    `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(50),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n',
    'GET /health HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    'GET http://elsewhere/health HTTP/1.1\r\nhost: x\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ].map((message) => Buffer.from(message, 'latin1'))
  const bend = fc.record({
    message: fc.constantFrom(...whole),
    cut: fc.nat(1000),
    flips: fc.array(fc.nat(10_000), { maxLength: 4 }),
  })
  const one = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...whole) },
    {
      weight: 4,
      arbitrary: bend.map(({ message, cut, flips }) => {
        const bent = Buffer.from(cut % 3 === 0 ? message.subarray(0, cut) : message)
        for (const flip of flips) if (bent.length > 0) bent[flip % bent.length] = flip % 256
        return bent
      }),
    },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 500 }).map((noise) => Buffer.from(noise)) },
  )
  return fc.sample(one, { numRuns: count, seed })
}
