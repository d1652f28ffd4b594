import { Type } from 'typebox'
import { amount, days, key, placeId, rank, robloxId, source, text, webhook } from './schema-parts.ts'

/*
 * The sections of a community file once their defaults are filled in: a member with a `default` may be left out of it.
 */

/** Nothing but what is listed may stand in a section, so that a misspelt member is found. */
const closed = { additionalProperties: false }

export const Roblox = Type.Object(
  {
    group: robloxId('The id of the Roblox group whose roles are the ranks.', '5850082'),
    apiKey: Type.Optional(
      key(
        'Open Cloud key of the group. Without it, ranks come from the public groups API and approving answers 500.',
        'ROBLOX_API_KEY',
      ),
    ),
    universe: Type.Optional(
      robloxId('The id of the universe in which Roblox itself enforces the bans as well.', '1234567'),
    ),
    webhookSecret: Type.Optional(
      key(
        'Secret of the Roblox webhook that asks for players to be erased; it is sent to /webhooks/roblox/NAME.',
        'ROBLOX_WEBHOOK_SECRET',
      ),
    ),
    rankSeconds: Type.Integer({
      minimum: 0,
      maximum: 86400,
      default: 60,
      description: 'A rank younger than this many seconds is not asked for again.',
      examples: [60],
      errorMessage: 'must be a whole number of seconds from 0 to 86400, for example 60',
    }),
  },
  {
    ...closed,
    description: 'The Roblox group, and how it is asked.',
    errorMessage: 'must be a map with group, for example { group: 5850082 }',
  },
)

export const Ranks = Type.Object(
  {
    trainee: rank('The least rank that counts as trainee.', { examples: [10] }),
    cast: rank('The least rank that counts as cast.', { examples: [50] }),
    clearance: Type.Array(rank('The least rank of this level.', { examples: [50] }), {
      description: 'The least rank for clearance 1, 2, 3, …, in ascending order.',
      examples: [[50, 100, 150]],
      errorMessage: 'must be a list of ranks in ascending order, for example [50, 100, 150]',
    }),
  },
  {
    ...closed,
    description: 'What the ranks (0–255) of the group mean.',
    errorMessage:
      'must be a map of trainee, cast and clearance, for example { trainee: 10, cast: 50, clearance: [50, 100, 150] }',
  },
)

const Codes = Type.Record(Type.String(), text('The name of the certification.', { example: 'Tower of Terror' }), {
  default: {},
  description: 'Code and name of each certification. Their order is the order in answers.',
  examples: [{ char: 'Characters', tot: 'Tower of Terror' }],
  propertyNames: Type.String({
    pattern: '^[^\\s,]{1,50}$',
    errorMessage: 'must have a code of 1 to 50 characters without spaces and commas, for example tot',
  }),
  errorMessage: 'must be a map from code to name, for example { tot: Tower of Terror }',
})

export const Certifications = Type.Object(
  {
    minimumRank: rank('The least rank that can be granted a certification.', { default: 0, examples: [10] }),
    codes: Codes,
  },
  {
    ...closed,
    default: {},
    description: 'The certifications that the community grants.',
    errorMessage: 'must be a map of minimumRank and codes, for example { codes: { tot: Tower of Terror } }',
  },
)

const Place = Type.Object(
  {
    name: Type.Optional(text('What staff call the place.', { example: 'Hub' })),
    certification: Type.Optional(text('The code without which no shift is logged there.', { example: 'tot' })),
    minimumRank: rank('The least rank that is let in.', { default: 0, examples: [0, 50] }),
  },
  {
    ...closed,
    description: 'One place.',
    errorMessage: 'must be a map of name, certification and minimumRank, for example { name: Hub }, or {}',
  },
)

export const Places = Type.Record(Type.String(), Place, {
  description: 'The places by their id. Where they are listed, any other place is refused.',
  examples: [{ '4895128840': { name: 'Hub' } }],
  propertyNames: placeId(),
  errorMessage: 'must be a map from place id to settings, for example { "4895128840": { name: Hub } }',
})

export const Points = Type.Object(
  {
    secondsPerPoint: amount('So many seconds of a shift are worth a point.', { exclusiveMinimum: 0, default: 60 }),
    minimumSeconds: amount('A shift shorter than this earns nothing.', { minimum: 0, default: 60 }),
    trainingMultiplier: amount('What a point is worth in a training server.', { minimum: 0, default: 1 }),
  },
  {
    ...closed,
    default: {},
    description: 'What a shift earns.',
    errorMessage: 'must be a map, for example { secondsPerPoint: 60, minimumSeconds: 60, trainingMultiplier: 1 }',
  },
)

export const Applications = Type.Object(
  {
    role: text('The role that approval gives, by its name or its id.', { example: 'University Student' }),
    ladder: Type.Array(text('The name or the id of a role.', { example: 'Cast Member' }), {
      default: [],
      description: 'Other roles of the staff ladder, taken away when `role` is given.',
      examples: [['Cast Member']],
      errorMessage: 'must be a list of roles, for example [Cast Member]',
    }),
    cooldownDays: amount('So many days after a decision, the same player can apply again.', { minimum: 0, default: 0 }),
    paste: Type.Enum(['builtin', 'pastebin'], {
      type: 'string',
      default: 'builtin',
      description: 'Where the text of an application can be read: on the built-in page, or on Pastebin.',
      errorMessage: 'must be builtin or pastebin',
    }),
    pastebinKey: Type.Optional(key('Developer key of Pastebin.', 'PASTEBIN_KEY')),
  },
  {
    ...closed,
    description: 'How players become trainees.',
    errorMessage: 'must be a map with role, for example { role: University Student }',
  },
)

export const Discord = Type.Object(
  {
    guild: Type.Optional(
      Type.String({
        pattern: '^[0-9]{17,20}$',
        description: 'The id of the Discord server.',
        examples: ['301715666401230851'],
        errorMessage: 'must be the id of the Discord server, 17 to 20 digits, for example "301715666401230851"',
      }),
    ),
    links: Type.Array(
      Type.Enum(['table', 'bloxlink', 'rover'], {
        type: 'string',
        errorMessage: 'must be table, bloxlink or rover',
      }),
      {
        uniqueItems: true,
        default: ['table'],
        description: "Who is asked, in this order, for a Discord account's Roblox account; `table` is Magicband's own.",
        examples: [['table', 'bloxlink', 'rover']],
        errorMessage: 'must be a list of table, bloxlink and rover, for example [table, bloxlink]',
      },
    ),
    bloxlinkKey: Type.Optional(key('Server key of Bloxlink.', 'BLOXLINK_KEY')),
    roverKey: Type.Optional(key('Key of RoVer.', 'ROVER_KEY')),
    webhooks: Type.Object(
      { audit: Type.Optional(webhook('Every moderation act is posted there.', 'DISCORD_AUDIT_WEBHOOK')) },
      {
        ...closed,
        default: {},
        description: 'Discord webhooks to post to.',
        errorMessage: `must be a map, for example { audit: "\${DISCORD_AUDIT_WEBHOOK}" }`,
      },
    ),
  },
  {
    ...closed,
    default: {},
    description: 'The Discord server, and how its members are known.',
    errorMessage: 'must be a map of guild, links, bloxlinkKey, roverKey and webhooks, for example { links: [table] }',
  },
)

export const Sources = Type.Object(
  { game: source('Roblox game servers'), bot: source('the Discord bot'), status: source('the status page') },
  {
    ...closed,
    default: {},
    description: 'The networks from which each kind of key may be used.',
    errorMessage: 'must be a map of game, bot and status, for example { game: any, bot: ["10.0.0.0/8"], status: any }',
  },
)

export const ServerTokens = Type.Boolean({
  default: false,
  description: 'Whether game servers ask for a token of their own; then the key of a game opens nothing but that.',
  examples: [true],
  errorMessage: 'must be true or false',
})

export const StatusPage = Type.Boolean({
  default: false,
  description: 'Whether the status page at / , which is for everyone, tells how this community is doing.',
  examples: [true],
  errorMessage: 'must be true or false',
})

export const Retention = Type.Object(
  {
    applications: Type.Optional(
      days('Applications, after they were submitted; no fewer than applications.cooldownDays.', 365),
    ),
    bans: Type.Optional(days('Bans that were lifted or have run out, after their end.', 1095)),
    shifts: Type.Optional(days('Shifts and the entries of the ledger; the points stay, as one entry a player.', 730)),
    audit: Type.Optional(
      days('What entries of the audit trail say; that there was one stays, and the chain can still be verified.', 1095),
    ),
    visitors: Type.Optional(
      days('Names, ranks and Discord links of people without a record, after they were last asked for.', 90),
    ),
  },
  {
    ...closed,
    default: {},
    description: 'How many days each kind of data is kept; what is left out is kept for ever.',
    errorMessage:
      'must be a map of applications, bans, shifts, audit and visitors, for example { shifts: 730, visitors: 90 }',
  },
)
