import { randomBytes, randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { type Act, type Origin, recordActs } from '../audit/audit.ts'
import { createObjectIds } from '../database/object-id.ts'
import type { Db } from '../database/schema.ts'
import type { ApiKey } from '../keys/keys.store.ts'

/** Writes down what a command did, in the transaction that does it; the acts of one command have one request id. */
export async function recordCommandActs(trx: Db, community: string, acts: readonly Act[]): Promise<void> {
  const dependencies = { clock: Date.now, createId: createObjectIds(Date.now, randomBytes), randomBytes }
  await recordActs(trx, dependencies, commandOrigin(community), acts)
}

/** What the audit trail says of where an act of the command line came from. */
export function commandOrigin(community: string): Origin {
  return { community, keyId: nameCommandLine(), requestId: randomUUID() }
}

/** What the audit trail says of a key: never its text, nor its hash. */
export function tellKey({ id, kind, name, scopes, limit, expiresAt }: ApiKey): object {
  return {
    key: id,
    kind,
    name,
    scopes,
    ...(limit === undefined ? {} : { limit }),
    ...(expiresAt === undefined ? {} : { expires: new Date(expiresAt).toISOString() }),
  }
}

/** What stands for a key: the command line, and who is logged in there where the system has a name for them. */
function nameCommandLine(): string {
  try {
    return `command line (${userInfo().username})`
  } catch {
    // In a container that runs as a number.
    return 'command line'
  }
}
