import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { makeCommandFolder, type Running } from '../command-line.ts'
import { communityFile } from '../magicband.ts'
import { serviceVariables } from '../services.ts'
import type { FuzzTarget } from './fuzz.ts'

/** A server to send anything to, as a process of its own beside a whole and unlimited outside world. */
export async function startFuzzedServer(
  databaseUrl?: string,
): Promise<FuzzTarget & { running: Running; stop(): Promise<void> }> {
  const sandbox = await startSandbox({ clock: Date.now })
  for (const limit of Object.values(sandbox.world.rateLimits)) limit.limit = 1_000_000
  const webhookSecret = 'a-secret-that-roblox-knows'
  const file = communityFile.replace('apiKey: sandbox', `webhookSecret: ${webhookSecret}, apiKey: sandbox`)
  const commands = makeCommandFolder({ wed: file, tokens: `${communityFile}serverTokens: true\n` })
  const environment = {
    LOG_LEVEL: 'info',
    PUBLIC_URL: 'https://band.example',
    TRUST_PROXY: 'loopback',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...serviceVariables(sandbox.addresses),
  }
  const keys: string[] = []
  for (const [community, kind] of [
    ['wed', 'game'],
    ['wed', 'bot'],
    ['wed', 'status'],
    ['tokens', 'game'],
  ] as const) {
    const args = ['key', 'create', '--community', community, '--kind', kind]
    keys.push((await commands.run(args, environment)).stdout.trim())
  }
  const running = commands.start(['start'], environment)
  const [, address = ''] = await running.written(/"address":"(http:[^"]+)"/)
  return {
    address,
    keys,
    pid: running.child.pid ?? 0,
    running,
    stop: async () => {
      running.child.kill('SIGTERM')
      await running.ended
      await commands.remove()
      await sandbox.close()
    },
  }
}
