import type { SandboxUser, WorldSnapshot } from './world-state.ts'

/** Role ids of the sandbox's group: far apart from the ranks, so that one can't be mistaken for the other. */
export const roleIds = {
  guest: '41110001',
  member: '41112468',
  universityStudent: '41112469',
  castMember: '41113050',
  seniorCastMember: '41113100',
  manager: '41113150',
  executive: '41113250',
  owner: '41110255',
} as const

/** The account that owns the group and made the Open Cloud key. */
export const ownerUserId = '900'

/** First and last id of the visitors, who are in the group and hold nothing but its base role. */
export const visitorIds = { first: 100_001, last: 101_000 } as const

type Resident = {
  id: string
  name: string
  role?: string
  discordId?: string
  previousNames?: string[]
  isBanned?: boolean
}

const foundedAt = '2024-03-29T18:15:20.020Z'

function residents(): Resident[] {
  return [
    { id: '1', name: 'Roblox', discordId: '100000000000000001' },
    {
      id: '172051854',
      name: 'JTmaveryk',
      role: roleIds.executive,
      discordId: '100000000000000002',
      previousNames: ['JTmaverykOld'],
    },
    { id: ownerUserId, name: 'SandboxOwner', role: roleIds.owner },
    { id: '1001', name: 'StudentOne', role: roleIds.universityStudent, discordId: '100000000000001001' },
    { id: '1002', name: 'CastOne', role: roleIds.castMember, discordId: '100000000000001002' },
    { id: '1003', name: 'SeniorOne', role: roleIds.seniorCastMember, discordId: '100000000000001003' },
    { id: '1004', name: 'ManagerOne', role: roleIds.manager, discordId: '100000000000001004' },
    { id: '1005', name: 'PendingOne', discordId: '100000000000001005' },
    { id: '1006', name: 'MemberOne', role: roleIds.member, discordId: '100000000000001006' },
    { id: '1007', name: 'BannedOne', role: roleIds.member, isBanned: true },
  ]
}

function visitors(): Resident[] {
  const count = visitorIds.last - visitorIds.first + 1
  return Array.from({ length: count }, (_, index) => {
    const id = String(visitorIds.first + index)
    return { id, name: `Visitor${id}`, role: roleIds.member }
  })
}

/** The world as it is before anything happened in it (contract.md, "The sandbox"). */
export function initialSnapshot(): WorldSnapshot {
  const people = [...residents(), ...visitors()]
  const links = people.flatMap(({ id, discordId }) => (discordId === undefined ? [] : [{ discordId, robloxId: id }]))
  return {
    version: 1,
    users: people.map(toUser),
    roles: initialRoles(),
    memberships: people.flatMap(({ id, role }) =>
      role === undefined
        ? []
        : [
            {
              userId: id,
              roleIds: role === roleIds.member ? [roleIds.member] : [roleIds.member, role],
              createdAt: foundedAt,
              updatedAt: foundedAt,
            },
          ],
    ),
    joinRequests: [{ userId: '1005', createdAt: '2026-11-20T09:30:00.000Z' }],
    restrictions: [],
    restrictionLogs: [],
    restrictionReplays: [],
    publishedMessages: [],
    bloxlinkLinks: links,
    roverLinks: links,
    pastes: [],
    webhookMessages: [],
  }
}

function toUser({ id, name, previousNames = [], isBanned = false }: Resident): SandboxUser {
  return {
    id,
    name,
    displayName: name,
    previousNames,
    isBanned,
    description: '',
    createdAt: '2013-07-13T07:50:00.083Z',
  }
}

function initialRoles(): WorldSnapshot['roles'] {
  const rows: Array<[string, string, number]> = [
    [roleIds.guest, 'Guest', 0],
    [roleIds.member, 'Member', 1],
    [roleIds.universityStudent, 'University Student', 10],
    [roleIds.castMember, 'Cast Member', 50],
    [roleIds.seniorCastMember, 'Senior Cast Member', 100],
    [roleIds.manager, 'Manager', 150],
    [roleIds.executive, 'Executive', 250],
    [roleIds.owner, 'Owner', 255],
  ]
  return rows.map(([id, name, rank]) => ({
    id,
    name,
    rank,
    description: rank === 0 ? 'A non-group member.' : '',
    isBase: id === roleIds.member,
  }))
}
