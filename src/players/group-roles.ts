import { type Clock, distanceMs } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { RobloxClients } from '../outside/roblox.ts'
import { type GroupRole, listRoles, listRolesPublicly } from '../outside/roblox-groups.ts'

/** Groups change their roles seldom; a role that is missing here is asked for at once. */
const freshMs = 5 * 60_000

/** The roles of the communities' groups. */
export class GroupRoles {
  readonly #roblox: RobloxClients
  readonly #clock: Clock
  readonly #remembered = new Map<string, { roles: readonly GroupRole[]; askedAt: number }>()
  readonly #asking = new Map<string, Promise<readonly GroupRole[]>>()

  constructor({ roblox, clock }: { roblox: RobloxClients; clock: Clock }) {
    this.#roblox = roblox
    this.#clock = clock
  }

  /** The group's roles, asked for within the last minutes. @throws OutsideError */
  async list(community: Community): Promise<readonly GroupRole[]> {
    const remembered = this.#remembered.get(community.slug)
    return remembered !== undefined && distanceMs(this.#clock, remembered.askedAt) < freshMs
      ? remembered.roles
      : this.ask(community)
  }

  /** The group's roles, asked for now: by Open Cloud where the community has a key, else by the public API. @throws OutsideError */
  async ask(community: Community): Promise<readonly GroupRole[]> {
    const asking = this.#asking.get(community.slug) ?? this.#ask(community)
    this.#asking.set(community.slug, asking)
    try {
      return await asking
    } finally {
      this.#asking.delete(community.slug)
    }
  }

  async #ask({ slug, roblox: { group, apiKey } }: Community): Promise<readonly GroupRole[]> {
    const askedAt = this.#clock()
    const roles =
      apiKey === undefined
        ? await listRolesPublicly(this.#roblox.groups, group)
        : await listRoles(this.#roblox.apis, { group, apiKey })
    this.#remembered.set(slug, { roles, askedAt })
    return roles
  }
}

/** The role that a community file means: by its id, or by its name in any letter case. */
export function findRole(roles: readonly GroupRole[], wanted: string): GroupRole | undefined {
  return (
    roles.find((role) => role.id === wanted) ?? roles.find((role) => role.name.toLowerCase() === wanted.toLowerCase())
  )
}
