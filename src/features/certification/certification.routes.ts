import { Type } from 'typebox'
import { DiscordSuccess } from '../../call/answers.ts'
import { type Call, defineCall, noteStaleRank, ok } from '../../call/call.ts'
import { bold } from '../../call/discord-text.ts'
import { discordId, text } from '../../call/parameters.ts'
import type { Database } from '../../database/database.ts'
import type { Ranks } from '../../players/ranks.ts'
import type { Users } from '../../players/users.ts'
import {
  type CertificationDependencies,
  grant,
  requireListed,
  requireRank,
  requireRevocable,
  revoke,
} from './certification.ts'

type Dependencies = CertificationDependencies & { database: Database; users: Users; ranks: Ranks }

const parameters = {
  certification: text(100, 'Code of the certification'),
  username: text(50, 'Roblox username, in any letter case'),
  moderator: discordId('Discord id of the moderator'),
}

const Certifications = Type.Object(
  {
    certifications: Type.Array(
      Type.Object({ code: Type.String(), name: Type.String() }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
)

/** `GET /v1/certifications` */
export function listCall(): Call {
  return defineCall({
    summary: 'The certifications that there are',
    description: 'Of the community, in its order, with their names; for a list to choose from.',
    parameters: {},
    answers: { 200: Certifications },
    isV1: true,
    isPolled: true,
    isForBot: false,
    failure: {},
    handle: async ({ community }) =>
      ok({ certifications: [...community.certifications.codes].map(([code, name]) => ({ code, name })) }),
  })
}

/** `POST /certification/grant` */
export function grantCall(dependencies: Dependencies): Call {
  const { users, ranks } = dependencies
  return defineCall({
    summary: 'Grant a certification',
    description: 'The player has passed a training.',
    parameters,
    answers: { 200: DiscordSuccess },
    isForBot: true,
    failure: { modifiedCount: 0, upsertedCount: 0 },
    handle: async (context, { certification: code, username, moderator }) => {
      requireListed(context.community, code)
      const user = await users.getByName(username)
      const rank = await ranks.find(context.community, user.id, 'call')
      noteStaleRank(context, rank)
      requireRank(context.community, rank)
      return context.act(async (trx) => {
        await grant(trx, dependencies, { actor: context, user, code, moderator })
        return ok({
          status: 'success',
          discord: `Successfully granted ${bold(user.name)} the ${bold(code)} certification.`,
        })
      })
    },
  })
}

/** `POST /certification/revoke` */
export function revokeCall(dependencies: Dependencies): Call {
  const { database, users } = dependencies
  return defineCall({
    summary: 'Revoke a certification',
    description: 'Also one that the community no longer lists.',
    parameters,
    answers: { 200: DiscordSuccess },
    isForBot: true,
    failure: { modifiedCount: 0 },
    handle: async (context, { certification: code, username, moderator }) => {
      await requireRevocable(database.read, context.community, code)
      const user = await users.getByName(username)
      return context.act(async (trx) => {
        await revoke(trx, dependencies, { actor: context, user, code, moderator })
        return ok({
          status: 'success',
          discord: `Successfully revoked ${bold(user.name)}'s ${bold(code)} certification.`,
        })
      })
    },
  })
}
