import type { ApiKey } from '../keys/keys.store.ts'
import { kinds, scopesOfKind } from '../keys/scopes.ts'

/** The sandbox's keys, known to everyone: `sandbox-game`, `sandbox-bot` and `sandbox-status`. They are in no database. */
export function sandboxApiKeys(): Map<string, ApiKey> {
  return new Map(
    kinds.map((kind) => [
      `sandbox-${kind}`,
      {
        id: `sandbox-${kind}`,
        community: 'sandbox',
        kind,
        name: `sandbox ${kind}`,
        start: 'sandbox-',
        scopes: scopesOfKind[kind],
        limit: undefined,
        createdAt: 0,
        expiresAt: undefined,
        revokedAt: undefined,
        lastUsedAt: undefined,
        replacedBy: undefined,
        caller: `sandbox-${kind}`,
        token: undefined,
      },
    ]),
  )
}

/** A curl line for each call; the first call of a pair makes the second one possible. */
export function sandboxCurlLines(address: string): { name: string; line: string }[] {
  const moderator = 'moderator=100000000000000002'
  const call = (name: string, method: 'GET' | 'POST', key: string, target: string, body = '') => {
    const how = method === 'POST' ? '-X POST ' : ''
    return { name, line: `curl ${how}-H 'x-api-key: ${key}'${body} '${address}${target}'` }
  }
  const bot = 'sandbox-bot'
  const game = 'sandbox-game'
  const answers = ` -H 'content-type: application/json' -d '{"q1":"I like rides","q2":"Daily","q3":"Yes","q4":"No"}'`
  return [
    call('connect', 'GET', game, '/connect?place=4895128840&id=1002&training=false&server=job-1'),
    call('profile', 'GET', bot, '/profile?username=JTmaveryk'),
    call('grant', 'POST', bot, `/certification/grant?certification=tot&username=CastOne&${moderator}`),
    call('revoke', 'POST', bot, `/certification/revoke?certification=tot&username=CastOne&${moderator}`),
    call('ban', 'POST', bot, `/ban/add?reason=bad%20boy&username=Visitor100001&duration=86400&${moderator}`),
    call('unban', 'POST', bot, `/ban/remove?reason=good%20boy&username=Visitor100001&${moderator}`),
    call('upload', 'POST', game, '/application/upload?id=1005', answers),
    call('approve', 'POST', bot, `/application/approve?id=1005&${moderator}`),
    call('log', 'POST', game, '/log?id=1002&place=4895128840&duration=3600&training=false&server=job-1'),
    call('status', 'GET', 'sandbox-status', '/status'),
    { name: 'health', line: `curl '${address}/health'` },
  ]
}

/** What the sandbox prints when it serves. */
export function sandboxBanner(at: {
  address: string
  databaseUrl: string
  worldFile: string
  controlAddress: string
}): string {
  const calls = sandboxCurlLines(at.address).map(({ name, line }) => `  # ${name}\n  ${line}`)
  return [
    '',
    'Magicband is running as a SANDBOX: a made-up community on a made-up Roblox and Discord, on this machine only.',
    '`magicband init` sets up your own community, which is served from the next start on.',
    '',
    `Address        ${at.address}`,
    `Try calls      ${at.address}/docs`,
    `Keys           ${kinds.map((kind) => `sandbox-${kind}`).join('   ')}`,
    `Data           ${at.databaseUrl.replace(/^sqlite:/, '')} and ${at.worldFile} (kept for the next start; to begin anew, stop it and delete them)`,
    `Break Roblox   curl -X POST '${at.controlAddress}/fail?service=roblox&mode=500', mend it: curl -X POST '${at.controlAddress}/heal'`,
    '',
    'One line for each call:',
    '',
    ...calls,
    '',
    'Ctrl-C stops it.',
  ].join('\n')
}
