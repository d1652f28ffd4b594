import { pino } from 'pino'
import type { Clock } from '../clock.ts'
import { HttpClient } from '../outside/http-client.ts'
import { isRefusal, OutsideError } from '../outside/outside-error.ts'
import { type Group, type GroupRole, getGroupPublicly, listRolesPublicly } from '../outside/roblox-groups.ts'

/** A group that a community can't be made of, and what to do about it. */
export class NotUsable extends Error {}

/** A group and its roles, by Roblox's public API. @throws NotUsable */
export async function readGroup(
  origin: string,
  id: string,
  clock: Clock,
): Promise<{ group: Group; roles: GroupRole[] }> {
  const client = new HttpClient({ service: 'roblox groups', origin, clock, log: pino({ level: 'silent' }) })
  try {
    return { group: await getGroupPublicly(client, id), roles: await listRolesPublicly(client, id) }
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    const isUnknown = isRefusal(error, 400) || isRefusal(error, 404)
    const message = isUnknown
      ? `Roblox knows no group ${id}: take the number from the group's address, roblox.com/communities/NUMBER`
      : `${error.message}: nothing is written; check this machine's connection and https://status.roblox.com, and try again`
    throw new NotUsable(message, { cause: error })
  } finally {
    await client.close()
  }
}
