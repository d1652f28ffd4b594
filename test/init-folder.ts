import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Community, parseCommunity } from '../src/config/community.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { serviceVariables } from './services.ts'

/** For the tests of `init` in a file: one sandbox, and for each test an empty folder, which is gone after it. */
export function prepareInitFolder() {
  let sandbox: Sandbox
  let command: CommandFolder
  beforeAll(async () => {
    sandbox = await startSandbox({ clock: Date.now })
  })
  afterAll(() => sandbox.close())
  beforeEach(() => {
    command = makeCommandFolder()
    return () => command.remove()
  })
  const path = (name: string) => join(command.folder, name)
  const read = (name: string) => readFileSync(path(name), 'utf8')
  return {
    sandbox: () => sandbox,
    services: () => serviceVariables(sandbox.addresses),
    command: () => command,
    init: (args: string[], more: Record<string, string> = {}) =>
      command.run(['init', ...args], { ...serviceVariables(sandbox.addresses), ...more }),
    path,
    read,
    readCommunity: (slug: string): Community => {
      const file = `communities/${slug}.yaml`
      return parseCommunity({ slug, file, text: read(file), variables: {} })
    },
  }
}

/** A sandbox whose group has no roles to give but these, the first with rank 20, the next with rank 30. */
export async function startGroupOf(...names: string[]): Promise<Sandbox> {
  const odd = await startSandbox({ clock: Date.now })
  for (const [id, { rank }] of odd.world.state.roles) if (rank > 1 && rank < 255) odd.world.state.roles.delete(id)
  for (const [index, name] of names.entries())
    odd.world.addRole({ id: String(501 + index), name, rank: 20 + 10 * index })
  return odd
}
