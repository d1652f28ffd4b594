import type { Community } from '../config/community.ts'
import { findByBloxlink } from '../outside/bloxlink.ts'
import { findWebhook } from '../outside/discord.ts'
import type { HttpClient } from '../outside/http-client.ts'
import { OutsideError } from '../outside/outside-error.ts'
import { tryKey } from '../outside/pastebin.ts'
import { findByRover } from '../outside/rover.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { explainFailure } from './outside-failure.ts'

type Clients = { bloxlink: HttpClient; rover: HttpClient; discord: HttpClient; pastebin: HttpClient }

/** A Discord id that nobody has: asking for it shows whether the key is taken. */
const nobody = '100000000000000000'

/** Checks the services that a community uses beside Roblox, each with its key. */
export async function checkServices(clients: Clients, community: Community): Promise<Finding[]> {
  const { discord, applications } = community
  const { guild } = discord
  const checks: Promise<Finding>[] = []
  if (guild !== undefined && discord.links.includes('bloxlink') && discord.bloxlinkKey !== undefined) {
    const key = { guild, apiKey: discord.bloxlinkKey }
    checks.push(
      check('discord.bloxlinkKey', 'get a key for this server at https://blox.link/dashboard', () =>
        findByBloxlink(clients.bloxlink, key, nobody),
      ),
    )
  }
  if (guild !== undefined && discord.links.includes('rover') && discord.roverKey !== undefined) {
    const key = { guild, apiKey: discord.roverKey }
    checks.push(
      check('discord.roverKey', 'get a key for this server at https://rover.link', () =>
        findByRover(clients.rover, key, nobody),
      ),
    )
  }
  const { audit } = discord.webhooks
  if (audit !== undefined) {
    checks.push(
      check('discord.webhooks.audit', 'create a new webhook in the channel, and put its address here', () =>
        findWebhook(clients.discord, audit),
      ),
    )
  }
  const { pastebinKey } = applications
  if (applications.paste === 'pastebin' && pastebinKey !== undefined) {
    checks.push(
      check('applications.pastebinKey', 'take the key from https://pastebin.com/doc_api', () =>
        tryKey(clients.pastebin, pastebinKey),
      ),
    )
  }
  return [...findUnusedKeys(community), ...(await Promise.all(checks))]
}

/** Keys of services that nobody is looked up with, which is hardly meant. */
function findUnusedKeys({ discord: { links, bloxlinkKey, roverKey } }: Community): Finding[] {
  const keys = { bloxlink: bloxlinkKey, rover: roverKey } as const
  const unused = (['bloxlink', 'rover'] as const).filter((link) => keys[link] !== undefined && !links.includes(link))
  return unused.map((link) =>
    warning(`discord.${link}Key`, `is set and not used: add ${link} to discord.links, or take the key out`),
  )
}

async function check(subject: string, advice: string, ask: () => Promise<unknown>): Promise<Finding> {
  try {
    await ask()
    return ok(subject, 'works')
  } catch (error) {
    const isRefused = error instanceof OutsideError && error.kind === 'refused'
    return isRefused ? problem(subject, `${error.message}: ${advice}`) : explainFailure(subject, error)
  }
}
