import { Type } from 'typebox'
import type { Call } from '../../call/call.ts'
import { defineJsonCall } from '../../call/json-call.ts'
import { isText } from '../../call/parameters.ts'
import type { Clock, RandomBytes } from '../../clock.ts'
import { createToken } from '../../keys/tokens.ts'
import { Problem } from '../../problem.ts'
import { requirePlace } from '../connect/connect.ts'

type Dependencies = { clock: Clock; randomBytes: RandomBytes }

const placeForm = '^(?:0|[1-9][0-9]{0,15})$'
const isPlace = (text: string) => Number(text) <= Number.MAX_SAFE_INTEGER

const longestServer = 128
// PostgreSQL's text holds no lone surrogates, and neither does the query of a call.
const isServer = (text: string) => isText(text, longestServer) && text.isWellFormed()

const body = {
  place: Type.Refine(
    Type.String({
      pattern: placeForm,
      description: 'the id of a Roblox place as text, in digits',
      examples: ['4895128840'],
    }),
    isPlace,
  ),
  server: Type.Refine(
    Type.String({
      minLength: 1,
      maxLength: longestServer,
      description: 'a Roblox JobId as text, 1 to 128 characters',
      examples: ['00000000-0000-0000-0000-000000000000'],
    }),
    isServer,
  ),
}

const ServerToken = Type.Object(
  {
    token: Type.String({ description: 'Used like a key; it is told once', examples: ['mb_game_…'] }),
    expiresAt: Type.String({ format: 'date-time' }),
    server: Type.String(),
    place: Type.String(),
    id: Type.String({ description: 'By which it can be revoked' }),
  },
  { additionalProperties: false },
)

/** `POST /v1/server-token` */
export function serverTokenCall(dependencies: Dependencies): Call {
  return defineJsonCall({
    summary: 'A token for one game server',
    description:
      'Asked by a game server when it starts, with the key of the game; it makes its other calls with the token. Where the community does not want tokens it is a 404. Asking again is harmless, so there is no `idempotency-key`.',
    body,
    answers: { 201: ServerToken },
    isSecret: true,
    handle: async (context, { place, server }) => {
      const { community, keyId, key } = context
      if (!community.serverTokens) throw new Problem('not-found')
      requirePlace(context, { place })
      return context.act(async (trx) => {
        const wanted = { community: community.slug, askedWith: { ...key, id: keyId }, place, server }
        const { text: token, key: made } = await createToken(trx, wanted, dependencies)
        const expiresAt = new Date(made.expiresAt ?? 0).toISOString()
        return { status: 201, body: { token, expiresAt, server, place, id: made.id } }
      })
    },
  })
}
