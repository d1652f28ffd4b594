import Type, { type Static } from 'typebox'

const user = Type.Object({
  id: Type.String(),
  name: Type.String(),
  displayName: Type.String(),
  previousNames: Type.Array(Type.String()),
  isBanned: Type.Boolean(),
  description: Type.String(),
  createdAt: Type.String(),
})

const role = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  rank: Type.Integer({ minimum: 0, maximum: 255 }),
  isBase: Type.Boolean(),
})

const membership = Type.Object({
  userId: Type.String(),
  roleIds: Type.Array(Type.String()),
  createdAt: Type.String(),
  updatedAt: Type.String(),
})

const joinRequest = Type.Object({ userId: Type.String(), createdAt: Type.String() })

const restriction = Type.Object({
  path: Type.String(),
  userId: Type.String(),
  active: Type.Boolean(),
  startTime: Type.String(),
  updateTime: Type.String(),
  duration: Type.Optional(Type.String()),
  privateReason: Type.String(),
  displayReason: Type.String(),
  excludeAltAccounts: Type.Boolean(),
})

const restrictionLog = Type.Object({
  userId: Type.String(),
  universeId: Type.String(),
  placeId: Type.String(),
  createTime: Type.String(),
  active: Type.Boolean(),
  startTime: Type.String(),
  duration: Type.Optional(Type.String()),
  privateReason: Type.String(),
  displayReason: Type.String(),
  excludeAltAccounts: Type.Boolean(),
})

const restrictionReplay = Type.Object({ key: Type.String(), answer: Type.String() })

const publishedMessage = Type.Object({
  universeId: Type.String(),
  topic: Type.String(),
  message: Type.String(),
  publishedAt: Type.String(),
})

const link = Type.Object({ discordId: Type.String(), robloxId: Type.String() })

const paste = Type.Object({
  key: Type.String(),
  name: Type.String(),
  text: Type.String(),
  privacy: Type.Union([Type.Literal('public'), Type.Literal('unlisted')]),
  createdAt: Type.Integer(),
  expiresAt: Type.Optional(Type.Integer()),
})

const webhookMessage = Type.Object({
  id: Type.String(),
  receivedAt: Type.String(),
  content: Type.String(),
  embeds: Type.Array(Type.Unknown()),
  username: Type.Optional(Type.String()),
  allowedMentions: Type.Optional(Type.Unknown()),
})

/** Everything in the world that changes, as plain JSON: what the sandbox's file holds. */
export const worldSnapshot = Type.Object({
  version: Type.Literal(1),
  users: Type.Array(user),
  roles: Type.Array(role),
  memberships: Type.Array(membership),
  joinRequests: Type.Array(joinRequest),
  restrictions: Type.Array(restriction),
  restrictionLogs: Type.Array(restrictionLog),
  restrictionReplays: Type.Array(restrictionReplay),
  publishedMessages: Type.Array(publishedMessage),
  bloxlinkLinks: Type.Array(link),
  roverLinks: Type.Array(link),
  pastes: Type.Array(paste),
  webhookMessages: Type.Array(webhookMessage),
})

export type WorldSnapshot = Static<typeof worldSnapshot>
export type SandboxUser = Static<typeof user>
export type SandboxRole = Static<typeof role>
export type SandboxMembership = Static<typeof membership>
export type SandboxJoinRequest = Static<typeof joinRequest>
export type SandboxRestriction = Static<typeof restriction>
export type SandboxRestrictionLog = Static<typeof restrictionLog>
export type SandboxPublishedMessage = Static<typeof publishedMessage>
export type SandboxPaste = Static<typeof paste>
export type SandboxWebhookMessage = Static<typeof webhookMessage>

/** The same as the snapshot, with what is looked up by a key held in maps by that key. */
export type WorldState = {
  users: Map<string, SandboxUser>
  roles: Map<string, SandboxRole>
  memberships: Map<string, SandboxMembership>
  joinRequests: Map<string, SandboxJoinRequest>
  restrictions: Map<string, SandboxRestriction>
  restrictionLogs: SandboxRestrictionLog[]
  restrictionReplays: Map<string, string>
  publishedMessages: SandboxPublishedMessage[]
  bloxlinkLinks: Map<string, string>
  roverLinks: Map<string, string>
  pastes: Map<string, SandboxPaste>
  webhookMessages: SandboxWebhookMessage[]
}

/** The state that a snapshot describes; it shares no object with the snapshot. */
export function stateFromSnapshot(given: WorldSnapshot): WorldState {
  const snapshot = structuredClone(given)
  return {
    users: new Map(snapshot.users.map((each) => [each.id, each])),
    roles: new Map(snapshot.roles.map((each) => [each.id, each])),
    memberships: new Map(snapshot.memberships.map((each) => [each.userId, each])),
    joinRequests: new Map(snapshot.joinRequests.map((each) => [each.userId, each])),
    restrictions: new Map(snapshot.restrictions.map((each) => [each.path, each])),
    restrictionLogs: snapshot.restrictionLogs,
    restrictionReplays: new Map(snapshot.restrictionReplays.map((each) => [each.key, each.answer])),
    publishedMessages: snapshot.publishedMessages,
    bloxlinkLinks: new Map(snapshot.bloxlinkLinks.map((each) => [each.discordId, each.robloxId])),
    roverLinks: new Map(snapshot.roverLinks.map((each) => [each.discordId, each.robloxId])),
    pastes: new Map(snapshot.pastes.map((each) => [each.key, each])),
    webhookMessages: snapshot.webhookMessages,
  }
}

/** The state as plain JSON. It shares its objects with the state: write it out or clone it at once. */
export function snapshotOfState(state: WorldState): WorldSnapshot {
  return {
    version: 1,
    users: [...state.users.values()],
    roles: [...state.roles.values()],
    memberships: [...state.memberships.values()],
    joinRequests: [...state.joinRequests.values()],
    restrictions: [...state.restrictions.values()],
    restrictionLogs: state.restrictionLogs,
    restrictionReplays: [...state.restrictionReplays].map(([key, answer]) => ({ key, answer })),
    publishedMessages: state.publishedMessages,
    bloxlinkLinks: linksOf(state.bloxlinkLinks),
    roverLinks: linksOf(state.roverLinks),
    pastes: [...state.pastes.values()],
    webhookMessages: state.webhookMessages,
  }
}

function linksOf(links: ReadonlyMap<string, string>): Array<{ discordId: string; robloxId: string }> {
  return [...links].map(([discordId, robloxId]) => ({ discordId, robloxId }))
}
