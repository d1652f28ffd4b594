import { randomBytes } from 'node:crypto'
import { type Command, Option } from 'commander'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/schema.ts'
import { hashKey } from '../keys/key-text.ts'
import { type ApiKey, findKey, insertKey, listKeys, revokeKey, revokeTokensOf } from '../keys/keys.store.ts'
import { makeKey, type Rotation, type RotationRefusal, rotateKey } from '../keys/keys.ts'
import { type KeyKind, kinds, type Scope, scopesOfKind } from '../keys/scopes.ts'
import { parseDuration, parseLimit } from './durations.ts'
import { examples } from './help.ts'
import { CommandError, type Output } from './output.ts'
import { recordCommandActs, tellKey } from './record-acts.ts'
import { requireCommunity, withDatabase, withDatabaseOrNew } from './with-database.ts'

type CreateOptions = {
  community: string
  kind: KeyKind
  name: string
  scopes?: string[]
  limit?: { count: number; perMs: number }
  expiresIn?: number
}

/** `key create | list | rotate | revoke` */
export function addKeyCommands(program: Command, { out, error }: Output): void {
  const key = program
    .command('key')
    .description('create, list, rotate and revoke API keys')
    .addHelpText('after', examples(['magicband key list --community wed', 'See which keys there are']))
  key
    .command('create')
    .summary('print a new key, once')
    .description('Print a new key, alone, once: only its hash is stored, so nobody can print it again.')
    .requiredOption('--community <slug>', 'the community it belongs to')
    .addOption(
      new Option('--kind <kind>', 'who uses it: game servers, the Discord bot, or the status page')
        .choices([...kinds])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--name <name>', 'a name to know it by').default('', 'none'))
    .option('--scopes <a,b>', 'fewer scopes than its kind has (default: all of them)', (text) => text.split(','))
    .option(
      '--limit <600/m>',
      'requests in a second, minute, hour or day: 20/s, 600/m, 9000/h, 90000/d (default: no limit)',
      parseLimit,
    )
    .option('--expires-in <90d>', 'when it ends: in so many s, m, h or d (default: never)', parseDuration)
    .addHelpText('after', `\nScopes by kind:\n${describeScopes()}`)
    .addHelpText(
      'after',
      examples(
        [
          'magicband key create --community wed --kind game --name Hub --limit 600/m --expires-in 90d',
          'For game servers, limited, and for 90 days',
        ],
        [
          'magicband key create --community wed --kind bot --scopes profile,certification',
          'For a bot that bans nobody',
        ],
      ),
    )
    .action(({ scopes: given, ...wanted }: CreateOptions, command: Command) => {
      const scopes = given && readScopes(command, wanted.kind, given)
      return withDatabaseOrNew(
        (configuration) => requireCommunity(configuration, wanted.community),
        async (database) => out(await create(database, { ...wanted, ...(scopes && { scopes }) })),
      )
    })
  key
    .command('list')
    .description('print a line a key, its ID first')
    .option('--community <slug>', 'only the keys of this community (default: of all)')
    .option('--tokens', 'the tokens of game servers as well')
    .addHelpText(
      'after',
      examples([
        'magicband key list --community wed --tokens',
        'All keys of a community, and the tokens asked for with them',
      ]),
    )
    .action(({ community, tokens = false }: { community?: string; tokens?: boolean }) =>
      withDatabase(async (database, configuration) => {
        if (community !== undefined) requireCommunity(configuration, community)
        const wanted = { withTokens: tokens, ...(community === undefined ? {} : { community }) }
        for (const one of await listKeys(database.read, wanted)) out(describe(one, Date.now()))
      }),
    )
  key
    .command('rotate')
    .summary('print a new key in place of an old one, once')
    .description('Print a new key like an old one, alone, once; the old one ends when the overlap is over.')
    .argument('<id>', 'the ID of the old one, as `key list` prints it')
    .addOption(
      new Option('--overlap <24h>', 'how long the old one lives on: so many s, m, h or d')
        .argParser(parseDuration)
        .default(dayMs, '24h'),
    )
    .addHelpText(
      'after',
      examples(
        ['magicband key rotate 62f6b211c393da0c', 'Replace a key, and have a day to change it everywhere'],
        ['magicband key rotate 62f6b211c393da0c --overlap 1m', 'Replace a key that leaked'],
      ),
    )
    .action((id: string, { overlap }: { overlap: number }) =>
      withDatabase(async (database) => {
        const rotation = await database.act((trx) => rotate(trx, id, overlap))
        if ('refusal' in rotation) throw new CommandError(rotationRefusals[rotation.refusal](id))
        const { made, oldEndsAt } = rotation
        out(made.text)
        error(`the new key is ${made.key.id}; key ${id} ends ${new Date(oldEndsAt).toISOString()}`)
      }),
    )
  key
    .command('revoke')
    .description('end a key; running servers know within a second')
    .argument('<id>', 'its ID, as `key list` prints it')
    .option('--with-tokens', 'end the tokens that game servers asked for with it as well')
    .addHelpText(
      'after',
      examples([
        'magicband key revoke 62f6b211c393da0c --with-tokens',
        'End a key that leaked, and all that was asked for with it',
      ]),
    )
    .action((id: string, { withTokens = false }: { withTokens?: boolean }) =>
      withDatabase(async (database) => {
        const ended = await database.act((trx) => revoke(trx, id, { withTokens }))
        // Tokens outlive their key, so it may be revoked already when they are to end.
        if (!ended.isKey && ended.tokens === 0)
          throw new CommandError(`there is no key ${id} that is not revoked yet; see: key list`)
        error(ended.isKey ? `key ${id} is revoked` : `key ${id} was revoked before`)
        if (withTokens) error(`${ended.tokens} of its tokens are revoked`)
      }),
    )
}

const dayMs = 86_400_000

async function rotate(trx: Db, id: string, overlapMs: number): Promise<Rotation> {
  const rotation = await rotateKey(trx, { id, overlapMs }, { clock: Date.now, randomBytes })
  if ('refusal' in rotation) return rotation
  const { oldKey, made, oldEndsAt } = rotation
  const after = { ...tellKey(made.key), oldEnds: new Date(oldEndsAt).toISOString() }
  await recordCommandActs(trx, oldKey.community, [{ act: 'key.rotate', before: tellKey(oldKey), after }])
  return rotation
}

const rotationRefusals: Readonly<Record<RotationRefusal, (id: string) => string>> = {
  unknown: (id) => `there is no key ${id}; see: key list`,
  revoked: (id) => `key ${id} is revoked and stays so: make another one with key create`,
  expired: (id) => `key ${id} has ended: make another one with key create`,
  replaced: (id) => `key ${id} was rotated before: rotate the key that replaced it; see: key list`,
  token: (id) =>
    `key ${id} is the token of a game server, which asks for another one itself: revoke it with key revoke`,
}

type Wanted = Omit<CreateOptions, 'scopes'> & { scopes?: readonly Scope[] }

async function create(database: Database, options: Wanted): Promise<string> {
  const wanted = {
    community: options.community,
    kind: options.kind,
    name: options.name,
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.expiresIn === undefined ? {} : { expiresAt: Date.now() + options.expiresIn }),
  }
  const { text, key } = makeKey(wanted, { clock: Date.now, randomBytes })
  await database.act(async (trx) => {
    await insertKey(trx, key, hashKey(text))
    await recordCommandActs(trx, key.community, [{ act: 'key.create', after: tellKey(key) }])
  })
  return text
}

/** Revokes a key, and the tokens that were asked for with it where they are to end as well. */
async function revoke(
  trx: Db,
  id: string,
  { withTokens }: { withTokens: boolean },
): Promise<{ isKey: boolean; tokens: number }> {
  const now = Date.now()
  const key = await findKey(trx, id)
  const isKey = await revokeKey(trx, id, now)
  const tokens = withTokens ? await revokeTokensOf(trx, id, now) : 0
  if (key !== undefined && (isKey || tokens > 0)) {
    const after = { key: id, revoked: true, ...(withTokens ? { tokens } : {}) }
    await recordCommandActs(trx, key.community, [{ act: 'key.revoke', before: tellKey(key), after }])
  }
  return { isKey, tokens }
}

/** Scopes that the kind can't have are wrong use, which ends the command. */
function readScopes(command: Command, kind: KeyKind, given: readonly string[]): Scope[] {
  const possible = scopesOfKind[kind]
  return given.map((text) => {
    const scope = possible.find((one) => one === text.trim())
    return scope ?? command.error(`error: a ${kind} key can have these scopes: ${possible.join(', ')}`)
  })
}

function describeScopes(): string {
  return kinds.map((kind) => `  ${kind.padEnd(8)}${scopesOfKind[kind].join(', ')}`).join('\n')
}

function describe(key: ApiKey, now: number): string {
  const day = (at: number | undefined) => (at === undefined ? 'never' : new Date(at).toISOString())
  const limit = key.limit === undefined ? 'none' : `${key.limit.count} in ${key.limit.perMs / 1000} s`
  return [
    key.id,
    key.community,
    key.kind,
    `${key.start}…`,
    stateOf(key, now),
    `scopes ${key.scopes.join(',')}`,
    `limit ${limit}`,
    `created ${day(key.createdAt)}`,
    `expires ${day(key.expiresAt)}`,
    `last used ${day(key.lastUsedAt)}`,
    ...(key.token === undefined
      ? []
      : [`token of ${JSON.stringify(key.token.server)} at ${key.token.place}`, `asked for by ${key.token.askedBy}`]),
    JSON.stringify(key.name),
  ].join('  ')
}

function stateOf({ revokedAt, expiresAt, replacedBy }: ApiKey, now: number): string {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt !== undefined && expiresAt <= now) return 'expired'
  return replacedBy === undefined ? 'valid' : `replaced by ${replacedBy}`
}
