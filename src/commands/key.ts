import { randomBytes } from 'node:crypto'
import { type Command, Option } from 'commander'
import type { Configuration } from '../config/configuration.ts'
import type { Database } from '../database/database.ts'
import { type ApiKey, listKeys, revokeKey } from '../keys/keys.store.ts'
import { createKey } from '../keys/keys.ts'
import { type KeyKind, kinds, type Scope, scopesOfKind } from '../keys/scopes.ts'
import { parseDuration, parseLimit } from './durations.ts'
import { CommandError, type Output } from './output.ts'
import { requireCommunity, withDatabase } from './with-database.ts'

type CreateOptions = {
  community: string
  kind: KeyKind
  name: string
  scopes?: string[]
  limit?: { count: number; perMs: number }
  expiresIn?: number
}

/** `key create | list | revoke` */
export function addKeyCommands(program: Command, { out, error }: Output): void {
  const key = program.command('key').description('create, list and revoke API keys')
  key
    .command('create')
    .description('print a new key, alone, once; only its hash is stored')
    .requiredOption('--community <slug>', 'the community it belongs to')
    .addOption(new Option('--kind <kind>', 'who will use it').choices([...kinds]).makeOptionMandatory())
    .option('--name <name>', 'a name to know it by', '')
    .option('--scopes <a,b>', 'fewer scopes than its kind has', (text) => text.split(','))
    .option('--limit <600/m>', 'requests per s, m, h or d (default: none)', parseLimit)
    .option('--expires-in <90d>', 'when it ends (default: never)', parseDuration)
    .action(({ scopes: given, ...wanted }: CreateOptions, command: Command) => {
      const scopes = given && readScopes(command, wanted.kind, given)
      return withDatabase(async (database, configuration) =>
        out(await create(database, configuration, { ...wanted, ...(scopes && { scopes }) })),
      )
    })
  key
    .command('list')
    .description('print a line a key, its ID first')
    .option('--community <slug>', 'only the keys of this community')
    .action(({ community }: { community?: string }) =>
      withDatabase(async (database, configuration) => {
        if (community !== undefined) requireCommunity(configuration, community)
        for (const one of await listKeys(database.read, community)) out(describe(one, Date.now()))
      }),
    )
  key
    .command('revoke')
    .description('end a key; running servers know within a second')
    .argument('<id>', 'its ID, as `key list` prints it')
    .action((id: string) =>
      withDatabase(async (database) => {
        if (!(await database.act((trx) => revokeKey(trx, id, Date.now()))))
          throw new CommandError(`there is no key ${id} that is not revoked yet; see: key list`)
        error(`key ${id} is revoked`)
      }),
    )
}

type Wanted = Omit<CreateOptions, 'scopes'> & { scopes?: readonly Scope[] }

async function create(database: Database, configuration: Configuration, options: Wanted): Promise<string> {
  requireCommunity(configuration, options.community)
  const wanted = {
    community: options.community,
    kind: options.kind,
    name: options.name,
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.expiresIn === undefined ? {} : { expiresAt: Date.now() + options.expiresIn }),
  }
  return database.act((trx) => createKey(trx, wanted, { clock: Date.now, randomBytes }))
}

/** Scopes that the kind can't have are wrong use, which ends the command. */
function readScopes(command: Command, kind: KeyKind, given: readonly string[]): Scope[] {
  const possible = scopesOfKind[kind]
  return given.map((text) => {
    const scope = possible.find((one) => one === text.trim())
    return scope ?? command.error(`error: a ${kind} key can have these scopes: ${possible.join(', ')}`)
  })
}

function describe(key: ApiKey, now: number): string {
  const state =
    key.revokedAt !== undefined ? 'revoked' : key.expiresAt !== undefined && key.expiresAt <= now ? 'expired' : 'valid'
  const day = (at: number | undefined) => (at === undefined ? 'never' : new Date(at).toISOString())
  const limit = key.limit === undefined ? 'none' : `${key.limit.count} in ${key.limit.perMs / 1000} s`
  return [
    key.id,
    key.community,
    key.kind,
    `${key.start}…`,
    state,
    `scopes ${key.scopes.join(',')}`,
    `limit ${limit}`,
    `created ${day(key.createdAt)}`,
    `expires ${day(key.expiresAt)}`,
    `last used ${day(key.lastUsedAt)}`,
    JSON.stringify(key.name),
  ].join('  ')
}
