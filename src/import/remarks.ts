/** Everything that an import may have to say of a record: for its summary, with how many there were. */
export const reasons = {
  unreadable: { isSkip: true, words: "can't be read" },
  'roblox-id-missing': { isSkip: true, words: 'no Roblox id' },
  'roblox-id-invalid': { isSkip: true, words: 'the Roblox id is none' },
  'roblox-id-ambiguous': { isSkip: true, words: 'the Roblox id may hold thousands or decimals' },
  'roblox-id-twice': { isSkip: true, words: 'the same Roblox id as an earlier record' },
  'object-id-twice': { isSkip: true, words: 'the same _id as an earlier record' },
  'object-id-taken': { isSkip: true, words: "the _id is another player's in the database" },
  erased: { isSkip: true, words: 'erased here, as the player asked' },
  'object-id-invalid': { isSkip: false, words: 'the _id is none: a player who is new got a fresh one' },
  'object-id-kept': { isSkip: false, words: 'the player had a record with another _id, which is kept' },
  'username-invalid': { isSkip: false, words: 'the username is none: not imported' },
  'points-invalid': { isSkip: false, words: 'the points are none: not imported' },
  'points-ambiguous': { isSkip: false, words: 'points that may hold thousands or decimals: not imported' },
  'points-rounded': { isSkip: false, words: 'points with a fraction: rounded down' },
  'points-negative': { isSkip: false, words: 'negative points: imported as they are' },
  'points-differ': { isSkip: false, words: 'other points than were imported before: those are kept' },
  'certification-unknown': {
    isSkip: false,
    words: "a certification that the community file doesn't list: not imported",
  },
  'certification-revoked': { isSkip: false, words: 'a certification that was revoked here since: not imported' },
  'ban-unreadable': { isSkip: false, words: "whether there is a ban can't be told: none imported" },
  'ban-changed': { isSkip: false, words: 'a ban was imported with a change' },
  'ban-ended': { isSkip: false, words: 'the ban had ended: not imported' },
  'ban-open': { isSkip: false, words: 'the player is banned here already: that ban is kept' },
} as const

export type Reason = keyof typeof reasons

/** What there is to say of one record: a reason to skip it, or what of it was left out or changed. */
export type Remark = { reason: Reason; message: string }

/** Whether a record with this remark is not imported at all. */
export function isSkip({ reason }: Remark): boolean {
  return reasons[reason].isSkip
}
