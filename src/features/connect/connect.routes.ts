import { Type } from 'typebox'
import { type Call, defineCall, noteStaleRank, ok } from '../../call/call.ts'
import { flag, optional, place, robloxId, text } from '../../call/parameters.ts'
import { admit, type ConnectDependencies, requirePlace } from './connect.ts'

const Connection = Type.Object(
  {
    certifications: Type.String({ description: 'Codes, separated by commas', examples: ['char,tot'] }),
    auth: Type.Boolean({ description: 'Whether the player may be here' }),
    clearance: Type.Integer({
      minimum: 0,
      description: '0 none, 1 cast member, 2 senior cast member, 3 manager and above',
    }),
    banned: Type.Optional(Type.Literal(true)),
    reason: Type.Optional(Type.String({ description: 'Of the ban' })),
    expires: Type.Optional(Type.String({ format: 'date-time', description: 'When the ban ends, where it ends' })),
  },
  { additionalProperties: false },
)

/** `GET /connect` */
export function connectCall(dependencies: ConnectDependencies): Call {
  return defineCall({
    summary: 'What a joining player may do',
    description: 'Asked by a game server when a player joins. Never waits for a Roblox that is down.',
    parameters: {
      place,
      id: robloxId,
      training: flag('Whether this is a training server'),
      server: optional(text(128, 'Roblox JobId')),
    },
    answers: { 200: Connection },
    isForBot: false,
    failure: { message: 'error encountered' },
    handle: async (context, values) => {
      requirePlace(context, values)
      const { rank, ban, ...admission } = await admit(dependencies, {
        community: context.community,
        robloxId: values.id,
        place: values.place,
        isTraining: values.training,
      })
      noteStaleRank(context, rank)
      if (ban === undefined) return ok(admission)
      const expires = ban.endsAt === undefined ? {} : { expires: new Date(ban.endsAt).toISOString() }
      return ok({ ...admission, banned: true, reason: ban.reason, ...expires })
    },
  })
}
