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
    path,
    read,
    readCommunity: (slug: string): Community => {
      const file = `communities/${slug}.yaml`
      return parseCommunity({ slug, file, text: read(file), variables: {} })
    },
  }
}
