import { Check } from 'typebox/value'
import { CommunityDraft } from './community-schema.ts'
import { describeRepetition, type Entry, type FileReading } from './file-reader.ts'
import type { Complaint } from './yaml-mistakes.ts'

type Checked = { draft: CommunityDraft; reading: FileReading; complain: (label: string, message: string) => void }

/** Finds what members get wrong together, also beside mistakes that the reading found already. */
export function checkCommunity(reading: FileReading): Complaint[] {
  const { value, lines } = reading
  if (!Check(CommunityDraft, value)) throw new Error('the reading let something through that the schema refuses')
  const complaints: Complaint[] = []
  const complain = (label: string, message: string) => {
    complaints.push({ line: lines.get(label) ?? 1, message: `${label} ${message}` })
  }
  for (const check of [checkRanks, checkPlaces, checkApplications, checkRetention, checkDiscord]) {
    check({ draft: value, reading, complain })
  }
  return complaints
}

function checkRanks({ draft: { ranks = {} }, complain }: Checked): void {
  const { trainee = 0, cast = 255, clearance = [] } = ranks
  let previous = -1
  if (trainee > cast) complain('ranks.cast', 'must be the same as ranks.trainee or higher')
  for (const [index, rank] of clearance.entries()) {
    if (rank === null) continue
    if (rank <= previous) {
      complain(`ranks.clearance[${index}]`, 'must be higher than the rank before it, for example [50, 100, 150]')
    }
    previous = rank
  }
}

function checkPlaces({ draft: { places = {} }, reading: { lines, entries }, complain }: Checked): void {
  const codes = entries.get('certifications.codes') ?? []
  const placesById = new Map<string, Entry>()
  for (const place of entries.get('places') ?? []) {
    const id = toDecimal(place.key)
    const earlier = placesById.get(id)
    if (earlier) complain(place.label, describeRepetition(lines.get(earlier.label) ?? 1))
    placesById.set(id, place)
    const certification = places[place.key]?.certification
    if (certification === undefined || codes.some(({ key }) => key === certification)) continue
    const known = codes.map(({ label }) => label.slice('certifications.codes.'.length))
    complain(
      `${place.label}.certification`,
      known.length === 0
        ? 'must be left out, or added to certifications.codes, which lists none'
        : `must be one of certifications.codes: ${known.join(', ')}`,
    )
  }
}

function checkApplications({ draft: { applications }, reading: { lines }, complain }: Checked): void {
  if (applications?.paste !== 'pastebin' || lines.has('applications.pastebinKey')) return
  complain('applications.paste', 'needs applications.pastebinKey: add it, or write paste: builtin')
}

/** The cool-down is read from the applications that are kept. */
function checkRetention({ draft: { retention, applications }, complain }: Checked): void {
  const { cooldownDays = 0 } = applications ?? {}
  if ((retention?.applications ?? cooldownDays) >= cooldownDays) return
  complain('retention.applications', 'must be the same as applications.cooldownDays or more')
}

function checkDiscord({ draft: { discord }, reading: { lines }, complain }: Checked): void {
  for (const [index, link] of (discord?.links ?? []).entries()) {
    if (link === null || link === 'table') continue
    const needs = ['discord.guild', `discord.${link}Key`].filter((label) => !lines.has(label))
    if (needs.length === 0) continue
    const pronoun = needs.length === 1 ? 'it' : 'them'
    complain(`discord.links[${index}]`, `needs ${needs.join(' and ')}: add ${pronoun}, or leave ${link} out`)
  }
}

/** A decimal id as Roblox writes it, without leading zeros. */
export function toDecimal(digits: string): string {
  return BigInt(digits).toString()
}
