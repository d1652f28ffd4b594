import { describe, expect, test } from 'vitest'
import { listMistakes, writeCommunity } from './testing.ts'

type Variables = Record<string, string | undefined>

const aKey = (name: string) => `must be the key alone, without spaces or line breaks, for example \${${name}}`
const aWebhook = 'must be the address of a Discord webhook, like https://discord.com/api/webhooks/ID/TOKEN'

describe('placeholders', () => {
  const notSet = (name: string) =>
    `needs the environment variable ${name}: set it, or write \${${name}:-text} to have a default, \${${name}:-} to do without`
  test.each<[string, Variables, string[]]>([
    [`contact: \${WHO}`, {}, [`wed.yaml:5: contact ${notSet('WHO')}`]],
    [`contact: \${WHO}`, { WHO: '' }, [`wed.yaml:5: contact ${notSet('WHO')}`]],
    [`contact: \${constructor}`, {}, [`wed.yaml:5: contact ${notSet('constructor')}`]],
    [`contact: \${A} or \${B}`, {}, [`wed.yaml:5: contact ${notSet('A')}`, `wed.yaml:5: contact ${notSet('B')}`]],
    [`places: { "\${HUB}": {} }`, {}, [`wed.yaml:5: places.\${HUB} ${notSet('HUB')}`]],
    [
      `contact: \${who am I}`,
      {},
      [`wed.yaml:5: contact must write a placeholder as \${NAME} or \${NAME:-text}, NAME being letters, digits and _`],
    ],
    [
      `ranks: { trainee: "\${TRAINEE}", cast: 50, clearance: [] }`,
      { TRAINEE: 'hush' },
      ['wed.yaml:3: ranks.trainee must be a whole number from 0 to 255, for example 10'],
    ],
    [`name: \${NAME:-}`, {}, ['wed.yaml:1: name must be text, for example WED Imagineering']],
    [
      `discord: { guild: "301715666401230851", links: [rover], roverKey: "\${KEY:-}" }`,
      {},
      ['wed.yaml:5: discord.links[0] needs discord.roverKey: add it, or leave rover out'],
    ],
  ])('%j with %j', (section, variables, mistakes) => {
    expect(listMistakes(writeCommunity(section), variables)).toEqual(mistakes)
  })
})

describe('no secret is in a message', () => {
  const hush = 'https://user@evil.example/api/webhooks/1/hush hush'
  test.each<[string, string]>([
    [`roblox: { group: 5, apiKey: "\${HUSH}" }`, `wed.yaml:2: roblox.apiKey ${aKey('ROBLOX_API_KEY')}`],
    [`roblox: { group: 5, apiKey: "${hush}" }`, `wed.yaml:2: roblox.apiKey ${aKey('ROBLOX_API_KEY')}`],
    [
      `applications: { role: A, pastebinKey: "\${HUSH}" }`,
      `wed.yaml:4: applications.pastebinKey ${aKey('PASTEBIN_KEY')}`,
    ],
    [`discord: { bloxlinkKey: "\${HUSH}" }`, `wed.yaml:5: discord.bloxlinkKey ${aKey('BLOXLINK_KEY')}`],
    [`discord: { roverKey: "\${HUSH}" }`, `wed.yaml:5: discord.roverKey ${aKey('ROVER_KEY')}`],
    [`discord: { webhooks: { audit: "\${HUSH}" } }`, `wed.yaml:5: discord.webhooks.audit ${aWebhook}`],
    [`discord: { webhooks: { audit: "${hush}" } }`, `wed.yaml:5: discord.webhooks.audit ${aWebhook}`],
    [
      'discord: { webhooks: { audit: "http://a.example/api/webhooks/1/hush" } }',
      `wed.yaml:5: discord.webhooks.audit ${aWebhook}`,
    ],
    [
      `discord: { webhooks: { "${hush}": 1 } }`,
      'wed.yaml:5: discord.webhooks has a member that is not known: allowed are audit',
    ],
    [`places: { "\${HUSH}": {} }`, 'wed.yaml:5: places must have a place id, digits alone, for example "4895128840"'],
  ])('%j', (section, mistake) => {
    const mistakes = listMistakes(writeCommunity(section), { HUSH: hush })
    expect(mistakes).toEqual([mistake])
    expect(mistakes.join()).not.toContain('hush')
  })
})
