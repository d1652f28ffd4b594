import type { Logger } from 'pino'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { definePage, type PageRequest, type PageRoute } from '../../call/page.ts'
import { robloxId } from '../../call/parameters.ts'
import type { Community } from '../../config/community.ts'
import { askForErasure, type ErasureDependencies } from '../../privacy/erasures.ts'
import { Problem } from '../../problem.ts'
import { isSignedByRoblox } from './roblox-signature.ts'

export type ErasureRouteDependencies = ErasureDependencies & {
  communities: ReadonlyMap<string, Community>
  log: Logger
}

/** What all of Roblox's notifications have. */
const Notification = Type.Object({
  NotificationId: Type.String({ pattern: '^[!-~]{1,200}$' }),
  EventType: Type.String(),
  EventPayload: Type.Object({ UserId: Type.Optional(Type.Union([Type.Integer(), Type.String()])) }),
})

const done = { status: 200, body: { status: 'success' } }

/**
 * `POST /webhooks/roblox/:community`: Roblox's notifications of one community, of which requests to erase a player are
 * obeyed. The answer only says that it was understood; the work is a job.
 */
export function robloxWebhook(dependencies: ErasureRouteDependencies): PageRoute {
  const { database, communities, log } = dependencies
  return definePage({
    summary: 'Take a notification of Roblox',
    description:
      'For webhooks of Roblox with the trigger "Right To Erasure Request", signed with `roblox.webhookSecret` of the community file.',
    handle: async (request) => {
      const community = request.path.community === undefined ? undefined : communities.get(request.path.community)
      const { EventType, NotificationId, EventPayload } = readNotification(community, request, dependencies.clock())
      const about = { community: community?.slug, notification: NotificationId, event: EventType }
      if (EventType !== 'RightToErasureRequest') {
        log.info(about, 'a notification of Roblox was taken; nothing needs to be done for it')
        return done
      }
      const id = robloxId.parse(String(EventPayload.UserId ?? ''))
      if (id === undefined || community === undefined) throw new Problem('request-malformed')
      const person = { community: community.slug, robloxId: id }
      const isNew = await database.act((trx) =>
        askForErasure(trx, dependencies, { person, source: { by: 'roblox', notificationId: NotificationId } }),
      )
      log.info(about, isNew ? 'Roblox asks for a player to be erased' : 'Roblox repeats a notification')
      return done
    },
  })
}

/** @throws Problem `not-found` where the community takes none, `signature-invalid`, `request-malformed` */
function readNotification(community: Community | undefined, { headers, bytes }: PageRequest, now: number) {
  const secret = community?.roblox.webhookSecret
  if (secret === undefined) throw new Problem('not-found')
  if (!isSignedByRoblox(headers['roblox-signature'], { bytes, secret, now })) throw new Problem('signature-invalid')
  const value = parseJson(bytes)
  if (!Check(Notification, value)) throw new Problem('request-malformed')
  return value
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new Problem('request-malformed', { cause: error })
  }
}
