import { Type } from 'typebox'
import { documented } from './documented.ts'
import type { HttpClient } from './http-client.ts'
import { isRefusal } from './outside-error.ts'
import type { components } from './roblox-api.d.ts'

/** A Roblox account. Ids are text here, though Roblox's older answers have them as numbers. */
export type RobloxUser = { id: string; name: string }

type Described = components['schemas']

const UsersByName = Type.Object({
  data: Type.Array(
    documented<Described['Roblox.Users.Api.MultiGetUserByNameResponse']>()(
      Type.Object({ requestedUsername: Type.String(), id: Type.Integer(), name: Type.String() }),
    ),
  ),
})
const UsersById = Type.Object({
  data: Type.Array(
    documented<Described['Roblox.Users.Api.MultiGetUserResponse']>()(
      Type.Object({ id: Type.Integer(), name: Type.String() }),
    ),
  ),
})
const User = documented<Described['Roblox.Users.Api.GetUserResponse']>()(
  Type.Object({ id: Type.Integer(), name: Type.String() }),
)

/** Most usernames and ids that one question may hold. */
export const usernamesPerQuestion = 100
export const idsPerQuestion = 200

/**
 * Users by their present or previous names, also those that are banned from Roblox; keyed by the names as they were
 * asked for, in lower case. @throws OutsideError
 */
export async function findUsersByName(
  users: HttpClient,
  usernames: readonly string[],
): Promise<Map<string, RobloxUser>> {
  const { data } = await users.askJson(
    { ...question('/v1/usernames/users', { usernames, excludeBannedUsers: false }), budget: 'usernames' },
    UsersByName,
  )
  return new Map(data.map((user) => [user.requestedUsername.toLowerCase(), toUser(user)]))
}

/** Users by their ids, also those that are banned from Roblox. @throws OutsideError */
export async function findUsersById(users: HttpClient, ids: readonly string[]): Promise<Map<string, RobloxUser>> {
  const { data } = await users.askJson(
    { ...question('/v1/users', { userIds: ids.map(Number), excludeBannedUsers: false }), budget: 'users' },
    UsersById,
  )
  return new Map(data.map((user) => [String(user.id), toUser(user)]))
}

/** One user by the id; here Roblox says in so many words that there is none. @throws OutsideError */
export async function findUser(users: HttpClient, id: string): Promise<RobloxUser | undefined> {
  try {
    return toUser(
      await users.askJson({ method: 'GET', path: `/v1/users/${id}`, isIdempotent: true, budget: 'user' }, User),
    )
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    throw error
  }
}

function question(path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', path, headers, body: JSON.stringify(body), isIdempotent: true } as const
}

function toUser({ id, name }: { id: number; name: string }): RobloxUser {
  return { id: String(id), name }
}
