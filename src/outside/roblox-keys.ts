import { Type } from 'typebox'
import type { HttpClient } from './http-client.ts'

/** What Roblox says of an Open Cloud key. */
export type KeyIntrospection = {
  name: string
  ownerId: string
  isEnabled: boolean
  isExpired: boolean
  expiresAt: number | undefined
  scopes: { name: string; operations: readonly string[]; groupIds: readonly string[] }[]
}

const Names = Type.Array(Type.Union([Type.String(), Type.Integer()]))
// Not part of Roblox's OpenAPI description.
const Introspection = Type.Object({
  name: Type.Optional(Type.String()),
  authorizedUserId: Type.Union([Type.Integer(), Type.String()]),
  enabled: Type.Boolean(),
  expired: Type.Boolean(),
  expirationTimeUtc: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  scopes: Type.Array(
    Type.Object({
      name: Type.String(),
      operations: Type.Optional(Names),
      groupIds: Type.Optional(Names),
    }),
  ),
})

/** Asks Roblox what an Open Cloud key may do and until when. @throws OutsideError */
export async function introspectKey(apis: HttpClient, apiKey: string): Promise<KeyIntrospection> {
  const answer = await apis.askJson(
    {
      method: 'POST',
      path: '/api-keys/v1/introspect',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiKey }),
      isIdempotent: true,
      budget: 'introspect',
    },
    Introspection,
  )
  return {
    name: answer.name ?? '',
    ownerId: String(answer.authorizedUserId),
    isEnabled: answer.enabled,
    isExpired: answer.expired,
    expiresAt: answer.expirationTimeUtc ? Date.parse(answer.expirationTimeUtc) : undefined,
    scopes: answer.scopes.map(({ name, operations = [], groupIds = [] }) => ({
      name,
      operations: operations.map(String),
      groupIds: groupIds.map(String),
    })),
  }
}
