import type { Kysely } from 'kysely'

/**
 * The tables, as rows look when they are read. Portable columns only: text, 64-bit integers, 0/1 and
 * UTC milliseconds as integers. Ids of people, places and Discord accounts are text.
 */
export type Schema = {
  roblox_user: RobloxUserTable
  membership: MembershipTable
  player: PlayerTable
  certification: CertificationTable
  ban: BanTable
  shift: ShiftTable
  recent_shift: RecentShiftTable
  point_entry: PointEntryTable
  application: ApplicationTable
  approval: ApprovalTable
  paste: PasteTable
  pseudonym_salt: PseudonymSaltTable
  audit_head: AuditHeadTable
  audit_entry: AuditEntryTable
  erasure: ErasureTable
  api_key: ApiKeyTable
  idempotency: IdempotencyTable
  limit_use: LimitUseTable
  discord_link: DiscordLinkTable
  job: JobTable
}

/** A connection or a transaction on it: store functions take either. */
export type Db = Kysely<Schema>

/** What Roblox last said of a user. Shared by all communities; a cache that may be emptied. */
type RobloxUserTable = {
  roblox_id: string
  name: string
  name_lower: string
  asked_at: number
}

/** A user's roles and rank in one community's group, and when Roblox was asked. A cache as well. */
type MembershipTable = {
  community: string
  roblox_id: string
  rank: number
  role_name: string
  asked_at: number
}

/** The record of a player in one community. `points` is the sum of the player's entries in `point_entry`. */
type PlayerTable = {
  community: string
  object_id: string
  roblox_id: string
  points: number
  created_at: number
}

/** A certification that is held now; its history is in the audit trail. */
type CertificationTable = {
  community: string
  roblox_id: string
  code: string
  granted_by: string
  granted_at: number
}

/** One row a ban. `is_open` is 1 until the ban is lifted, or closed after it has run out; at most one such row a player. */
type BanTable = {
  community: string
  id: string
  roblox_id: string
  reason: string
  moderator: string
  banned_at: number
  ends_at: number | null
  is_open: number
  lifted_at: number | null
  lifted_by: string | null
  lift_reason: string | null
}

/** One row a shift; `seconds` worked, `points` as they were paid for it. */
type ShiftTable = {
  community: string
  id: string
  roblox_id: string
  place: string
  server: string
  seconds: number
  training: number
  points: number
  received_at: number
  /** Who reported it. */
  key_id: string
  request_id: string
}

/** When a shift with this identity was last counted: what makes the same shift sent again a repeat. */
type RecentShiftTable = {
  community: string
  identity: string
  received_at: number
}

/**
 * The append-only ledger of points: what a shift earned (`shift_id`), an adjustment, or the reversal of another entry
 * (`reverses`), of which an entry has one at most. Where shifts are kept for a time, an entry `carried over` stands for
 * those before it.
 */
type PointEntryTable = {
  community: string
  id: string
  roblox_id: string
  amount: number
  reason: string
  shift_id: string | null
  reverses: string | null
  created_at: number
}

/** The answers of an application and what became of it: `open`, `approved`, or `replaced` by a newer one. */
type ApplicationTable = {
  community: string
  id: string
  roblox_id: string
  q1: string
  q2: string
  q3: string
  q4: string
  url: string
  state: string
  submitted_at: number
  decided_at: number | null
  decided_by: string | null
}

/**
 * An approval that goes on: nobody else approves the player until `held_until`. One that was broken off after
 * `assigning_at` may have ranked the player already, and is taken up again by the next.
 */
type ApprovalTable = {
  community: string
  roblox_id: string
  holder: string
  held_until: number
  assigning_at: number | null
}

/** A text page that anyone who knows its id can read until `ends_at`. */
type PasteTable = {
  id: string
  community: string
  roblox_id: string
  text: string
  created_at: number
  ends_at: number
}

/** What is mixed into the pseudonyms of a community's erased players. */
type PseudonymSaltTable = { community: string; salt: string }

/** The last entry of a community's audit trail: nothing follows it. */
type AuditHeadTable = { community: string; sequence: number; hash: string }

/**
 * Append-only: who did what to whom. `before` and `after` are JSON. `digest` is over the entry and its `salt`, `hash`
 * over the digest and the hash of the entry before it. Once the person is erased, or the entry was kept for long enough,
 * it is blank: `roblox_id`, `before`, `after` and `salt` are null, the hashes still hold, and a later entry's
 * `after.blanked` names its sequence.
 */
type AuditEntryTable = {
  community: string
  id: string
  sequence: number
  act: string
  roblox_id: string | null
  moderator: string | null
  key_id: string
  request_id: string
  before: string | null
  after: string | null
  created_at: number
  salt: string | null
  digest: string
  hash: string
}

/**
 * The receipt of an erasure: who asked (`command`, `roblox`), the pseudonym of whom it was about, and what was removed,
 * as JSON.
 */
type ErasureTable = {
  community: string
  id: string
  source: string
  notification_id: string | null
  subject: string
  asked_at: number
  done_at: number | null
  removed: string | null
}

/**
 * An API key: the SHA-256 of its text, never the text. `scopes` is a comma-separated list. One with a `server` is the
 * token of that game server at that `place`, asked for with the key `asked_by`. `replaced_by` is the key that it was
 * rotated to, and `caller` the first key of those that were rotated to it, by itself or by the key it was asked for with.
 */
type ApiKeyTable = {
  id: string
  community: string
  kind: string
  name: string
  hash: string
  start: string
  scopes: string
  limit_count: number | null
  limit_ms: number | null
  created_at: number
  expires_at: number | null
  revoked_at: number | null
  last_used_at: number | null
  place: string | null
  server: string | null
  asked_by: string | null
  replaced_by: string | null
  caller: string | null
}

/** What a call with an `idempotency-key` answered the first time; `key_id` is the `caller` of the key. */
type IdempotencyTable = {
  community: string
  key_id: string
  route: string
  idempotency_key: string
  /** The player whom the call named by id. */
  roblox_id: string | null
  request_hash: string
  status: number
  body: string
  created_at: number
}

/**
 * How often an instance let something count against a limit, in the ten seconds from `starts_at`: what all instances of
 * the database know of each other. Kept for a minute or two.
 */
type LimitUseTable = {
  name: string
  starts_at: number
  instance: string
  count: number
}

/** Which Roblox account a Discord account belongs to, by which source; `roblox_id` is null where the source knows none. */
type DiscordLinkTable = {
  community: string
  discord_id: string
  source: string
  roblox_id: string | null
  asked_at: number
}

/** Work to be done outside of a call. `given_up_at` is set when the attempts are used up. */
type JobTable = {
  community: string
  id: string
  task: string
  payload: string
  run_at: number
  attempts: number
  last_error: string | null
  locked_by: string | null
  locked_at: number | null
  given_up_at: number | null
  created_at: number
}
