import { Type } from 'typebox'

/** The 200 of the calls that only say what happened, for the Discord user. */
export const DiscordSuccess = Type.Object(
  {
    status: Type.Literal('success'),
    discord: Type.String({ description: 'Says what happened, with Discord Markdown' }),
  },
  { additionalProperties: false },
)

/** The 200 of `/log`. */
export const Success = Type.Object({ status: Type.Literal('success') }, { additionalProperties: false })

/** The members of the answers that refuse or fail; which of them are there is told at each call. */
export const ErrorBody = Type.Object(
  {
    status: Type.Literal('error'),
    message: Type.Optional(Type.String({ description: 'For the caller' })),
    modifiedCount: Type.Optional(Type.Integer()),
    upsertedCount: Type.Optional(Type.Integer()),
    discord: Type.Optional(Type.String({ description: 'A sentence for the Discord user' })),
  },
  { additionalProperties: false },
)
