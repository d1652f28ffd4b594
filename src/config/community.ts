import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { checkCommunity, toDecimal } from './community-checks.ts'
import { CommunityFile } from './community-schema.ts'
import { type FileReading, readBySchema } from './file-reader.ts'
import { ConfigurationError, type Mistake } from './mistakes.ts'
import { roblox as robloxNetworks } from './network-lists.ts'
import { findNetwork } from './networks.ts'

type Variables = Record<string, string | undefined>

/** Where a kind of key may be used from: anywhere, or the listed networks in CIDR notation. */
export type Source = 'any' | readonly string[]

/** One community, as its file describes it, checked and with its defaults. */
export type Community = {
  slug: string
  name: string
  contact: string
  roblox: { group: string; apiKey?: string; universe?: string; webhookSecret?: string; rankSeconds: number }
  ranks: { trainee: number; cast: number; clearance: readonly number[] }
  /** `codes` leads from code to name, in the file's order, which is the order in answers. */
  certifications: { minimumRank: number; codes: ReadonlyMap<string, string> }
  /** By place id; absent where the community does not list its places. */
  places?: ReadonlyMap<string, Place>
  points: { secondsPerPoint: number; minimumSeconds: number; trainingMultiplier: number }
  applications: {
    role: string
    ladder: readonly string[]
    cooldownDays: number
    paste: 'builtin' | 'pastebin'
    pastebinKey?: string
  }
  discord: {
    guild?: string
    links: readonly LinkSource[]
    bloxlinkKey?: string
    roverKey?: string
    webhooks: { audit?: string }
  }
  sources: Record<'game' | 'bot' | 'status', Source>
  /** Game servers make their calls with tokens of their own. */
  serverTokens: boolean
  /** It is on the status page at `/`. */
  statusPage: boolean
  /** How many days each kind of data is kept; for ever where none are given. */
  retention: { applications?: number; bans?: number; shifts?: number; audit?: number; visitors?: number }
}

export type Place = { name?: string; certification?: string; minimumRank: number }

/** Who says which Roblox account belongs to a Discord account. */
export type LinkSource = 'table' | 'bloxlink' | 'rover'

/**
 * Reads every community file of the folder, in the order of their names; a missing folder has none.
 * Throws a ConfigurationError with the mistakes of all files.
 */
export function readCommunities(folder: string, variables: Variables): Community[] {
  const communities: Community[] = []
  const mistakes: Mistake[] = []
  for (const fileName of listFileNames(folder)) {
    const file = join(folder, fileName)
    const slug = fileName.replace(/\.ya?ml$/i, '')
    if (!fileName.endsWith('.yaml')) mistakes.push({ file, message: `must be called ${slug}.yaml: rename it` })
    try {
      communities.push(parseCommunity({ slug, file, text: readText(file), variables }))
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      mistakes.push(...error.mistakes)
    }
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes)
  return communities
}

/** Reads one community file's text; throws a ConfigurationError with all its mistakes, in the order of its lines. */
export function parseCommunity(given: { slug: string; file: string; text: string; variables: Variables }): Community {
  const { slug, file, text, variables } = given
  const reading = readBySchema(CommunityFile, text, variables)
  const { value } = reading
  const complaints = [...reading.complaints, ...checkCommunity(reading)].toSorted((one, other) => one.line - other.line)
  const mistakes: Mistake[] = complaints.map((complaint) => ({ file, ...complaint }))
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug)) {
    mistakes.unshift({ file, message: 'must be called by 1 to 63 of a-z, 0-9 and -, for example wed.yaml: rename it' })
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes)
  if (!Check(CommunityFile, value)) throw new Error('the reading let something through that the schema refuses')
  return toCommunity({ slug, read: value, entries: reading.entries })
}

function whyNot(code: string): string {
  return code === 'EACCES' ? '(EACCES): let the user that Magicband runs as read it' : `(${code})`
}

function listFileNames(folder: string): string[] {
  try {
    const isCommunity = (name: string) => /^[^.].*\.ya?ml$/i.test(name) && !name.endsWith('.example.yaml')
    return readdirSync(folder).filter(isCommunity).sort()
  } catch (error) {
    const code = getErrorCode(error)
    if (code === 'ENOENT') return []
    throw new ConfigurationError([{ file: folder, message: `must be a folder that can be read ${whyNot(code)}` }])
  }
}

function readText(file: string): string {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (error) {
    throw new ConfigurationError([{ file, message: `must be a file that can be read ${whyNot(getErrorCode(error))}` }])
  }
  if (!isUtf8(content)) throw new ConfigurationError([{ file, message: 'must be UTF-8 text: save it as UTF-8' }])
  return content.toString()
}

function getErrorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code)
  throw error
}

function toCommunity(given: { slug: string; read: CommunityFile; entries: FileReading['entries'] }): Community {
  const { slug, read, entries } = given
  const { places, ...rest } = read
  const { certifications, roblox, sources } = rest
  // An object would put codes that look like numbers first; the file's order is the order in answers.
  const codes = (entries.get('certifications.codes') ?? []).map(({ key }) => key)
  return {
    ...rest,
    ...(places === undefined ? {} : { places: toPlaces(places) }),
    slug,
    roblox: {
      ...roblox,
      group: toDecimal(roblox.group),
      ...(roblox.universe === undefined ? {} : { universe: toDecimal(roblox.universe) }),
    },
    certifications: {
      minimumRank: certifications.minimumRank,
      codes: new Map(codes.map((code) => [code, certifications.codes[code] ?? code])),
    },
    sources: { game: toSource(sources.game), bot: toSource(sources.bot), status: toSource(sources.status) },
  }
}

function toPlaces(places: Record<string, Place>): ReadonlyMap<string, Place> {
  return new Map(Object.entries(places).map(([id, place]) => [toDecimal(id), place]))
}

function toSource(written: 'any' | 'roblox' | string[]): Source {
  if (written === 'any') return 'any'
  const networks = written === 'roblox' ? [written] : written
  return networks.flatMap((network) => (network === 'roblox' ? robloxNetworks : [findNetwork(network) ?? network]))
}
