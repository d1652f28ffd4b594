import { setTimeout as sleep } from 'node:timers/promises'
import { sandboxWebhookUrl } from '../src/sandbox/world.ts'
import type { CommandFolder } from './command-line.ts'
import { communityFile, moderator, pathOf } from './magicband.ts'
import type { AnsweredCall, ReleasedCalls } from './released-data.ts'

/** Two communities; the first posts its acts to Discord, the second has tokens for its servers. */
export const releasedCommunities: Readonly<Record<string, string>> = {
  wed: `${communityFile.trimEnd()}\n  webhooks: { audit: "${sandboxWebhookUrl}" }\n`,
  tropics: `${communityFile.replace('WED Imagineering', 'Tropics')}serverTokens: true\n`,
}

type Keys = { game: string; bot: string; revoked: string; tropicsGame: string; tropicsBot: string }
type Call = Omit<AnsweredCall, 'status' | 'answer'>

/** Does one of everything that a database keeps, and asks what it has to answer from then on. */
export async function liveInWorld(commands: CommandFolder): Promise<ReleasedCalls> {
  const keys = await createKeys(commands)
  const server = commands.start(['start'])
  const [, address = ''] = await server.written(/"address":"(http[^"]*)"/)
  const done: AnsweredCall[] = []
  for (const call of actsOf(keys)) {
    const answered = await ask(address, call)
    if (answered.status >= 300) throw new Error(`${call.path}: ${answered.status} ${answered.answer}`)
    done.push(answered)
  }
  await correct(commands)
  // Until the ban of a second is over.
  await sleep(1500)
  const calls: AnsweredCall[] = []
  for (const call of questionsOf(keys, done)) calls.push(await ask(address, call))
  server.child.kill('SIGTERM')
  await server.ended
  return { madeAt: new Date().toISOString(), calls }
}

async function createKeys(commands: CommandFolder): Promise<Keys> {
  const create = (community: string, kind: string, ...more: string[]) =>
    succeed(commands, ['key', 'create', '--community', community, '--kind', kind, ...more])
  const keys = {
    game: await create('wed', 'game', '--name', 'games', '--limit', '600/m'),
    bot: await create('wed', 'bot', '--name', 'bot', '--expires-in', '90d'),
    revoked: await create('wed', 'status', '--name', 'leaked'),
    tropicsGame: await create('tropics', 'game'),
    tropicsBot: await create('tropics', 'bot'),
  }
  const [leaked = ''] = (await succeed(commands, ['key', 'list'])).split('\n').filter((line) => line.includes('leaked'))
  await succeed(commands, ['key', 'revoke', leaked.split(/\s+/)[0] ?? ''])
  return keys
}

/** What is done by the command line, beside the server. */
async function correct(commands: CommandFolder): Promise<void> {
  const adjust = ['points', 'adjust', '--community', 'wed', '--player', '1002']
  await succeed(commands, [...adjust, '--by', '30', '--reason', "a night's work, unlogged"])
  const mistake = await succeed(commands, [...adjust, '--by', '500', '--reason', 'a mistake'])
  await succeed(commands, ['points', 'reverse', mistake])
  await succeed(commands, ['link', 'add', '--community', 'wed', '400000000000000001', '1002'])
  await succeed(commands, ['erase', '--community', 'wed', '--player', '100010'])
}

const server = { place: '4895128840', server: 'job-1', training: 'false' }
const shift = { id: '1002', duration: '3600', ...server }
const application = { q1: 'I like rides', q2: 'Daily', q3: "Yes, it's true; \\ and ünï🚒", q4: 'No\nnever' }

function actsOf({ game, bot, tropicsGame, tropicsBot }: Keys): Call[] {
  const certify = (act: string, certification: string, username: string) =>
    post(`/certification/${act}`, bot, { certification, username, moderator })
  const ban = (username: string, more = {}, key = bot) =>
    post('/ban/add', key, { reason: "bad 'boy'", username, moderator, ...more })
  const upload = (id: string) => post('/application/upload', game, { id }, { body: application })
  return [
    get('/connect', game, { id: '1002', ...server }),
    post('/log', game, shift, { idempotencyKey: 'shift-1' }),
    post('/log', game, { ...shift, training: 'true', duration: '900' }),
    certify('grant', 'tot', 'CastOne'),
    certify('grant', 'char', 'CastOne'),
    certify('revoke', 'char', 'CastOne'),
    ban('Visitor100001'),
    ban('Visitor100002', { duration: '315360000' }),
    ban('Visitor100003', { duration: '1' }),
    ban('Visitor100004'),
    post('/ban/remove', bot, { reason: 'good boy', username: 'Visitor100004', moderator }),
    upload('1005'),
    upload('1005'),
    upload('1006'),
    post('/application/approve', bot, { id: '1006', moderator }),
    post('/log', game, { ...shift, id: '100010' }),
    ban('Visitor100010'),
    post('/v1/server-token', tropicsGame, {}, { body: { place: '4895128840', server: 'job-1' } }),
    ban('Visitor100001', {}, tropicsBot),
  ]
}

/** Asked of a database that stays as it is, they have the same answers for ever. */
function questionsOf({ game, bot, revoked, tropicsGame, tropicsBot }: Keys, done: readonly AnsweredCall[]): Call[] {
  const answerOf = (path: string): unknown =>
    JSON.parse(done.findLast((call) => call.path.startsWith(path))?.answer ?? '')
  const token = textOf(answerOf('/v1/server-token'), 'token')
  const page = new URL(textOf(answerOf('/application/upload'), 'url')).pathname
  const joins = (...ids: string[]) => ids.map((id) => get('/connect', game, { id, ...server }))
  return [
    get('/profile', bot, { username: 'CastOne' }),
    get('/profile', bot, { discord: '400000000000000001' }),
    ...joins('1002', '100001', '100002', '100003', '100004', '100010'),
    post('/log', game, shift, { idempotencyKey: 'shift-1' }),
    post('/log', game, { ...shift, duration: '60' }, { idempotencyKey: 'shift-1' }),
    get('/profile', bot, { id: '1002' }),
    post('/certification/grant', bot, { certification: 'tot', username: 'CastOne', moderator }),
    post('/certification/revoke', bot, { certification: 'char', username: 'CastOne', moderator }),
    post('/ban/add', bot, { reason: 'again', username: 'Visitor100001', moderator }),
    post('/ban/remove', bot, { reason: 'again', username: 'Visitor100004', moderator }),
    get(page, bot, {}),
    get('/status', revoked, {}),
    get('/connect', tropicsGame, { id: '100001', ...server }),
    get('/connect', token, { id: '100001', ...server }),
    get('/profile', tropicsBot, { id: '1002' }),
  ]
}

const get = (path: string, key: string, query: Record<string, string>): Call => ({
  method: 'GET',
  path: pathOf(path, query),
  headers: { 'x-api-key': key },
})

function post(
  path: string,
  key: string,
  query: Record<string, string>,
  { body, idempotencyKey }: { body?: object; idempotencyKey?: string } = {},
): Call {
  const headers: Record<string, string> = { 'x-api-key': key }
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
  if (body === undefined) return { method: 'POST', path: pathOf(path, query), headers }
  headers['content-type'] = 'application/json'
  return { method: 'POST', path: pathOf(path, query), headers, body: JSON.stringify(body) }
}

async function ask(address: string, call: Call): Promise<AnsweredCall> {
  const { method, headers, body = null } = call
  const response = await fetch(address + call.path, { method, headers, body })
  return { ...call, status: response.status, answer: await response.text() }
}

function textOf(answer: unknown, member: string): string {
  const text =
    typeof answer === 'object' && answer !== null ? Object.entries(answer).find(([name]) => name === member) : []
  if (typeof text?.[1] !== 'string') throw new Error(`the answer has no ${member}`)
  return text[1]
}

async function succeed(commands: CommandFolder, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await commands.run(args)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}
