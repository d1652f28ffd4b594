import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { createIdleProgram, listCommands } from '../../test/command-parser.ts'

let command: CommandFolder
beforeAll(async () => {
  command = makeCommandFolder()
  mkdirSync(join(command.folder, 'communities'))
  for (const name of ['wed.yaml', 'zoo.yaml', 'wed.example.yaml', 'community.schema.json'])
    writeFileSync(join(command.folder, 'communities', name), '')
  for (const shell of shells) {
    const { code, stdout } = await command.run(['completion', shell])
    expect(code).toBe(0)
    writeFileSync(join(command.folder, `script.${shell}`), stdout)
  }
})
afterAll(() => command.remove())

/** How each shell is asked: it takes lines from its input, and prints a line of words for each. */
const programs = {
  // As Bash calls it on a press of Tab: the words of the line, and which of them is being typed.
  bash: `set -u; source script.bash; complete -p magicband >/dev/null
while IFS= read -r line; do
  COMP_WORDS=($line); [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _magicband; echo "\${COMPREPLY[*]-}"
done`,
  // Outside of its line editor Zsh has no completion: what it would be given is printed, and filtered as it filters.
  zsh: `compdef() { [[ $* == '_magicband magicband' ]] }; _files() { echo }
compadd() { shift; local typed=$words[CURRENT]; print -r -- \${(M)@:#$typed*} }
source script.zsh
while IFS= read -r line; do
  words=(\${=line}); [[ $line == *' ' ]] && words+=('')
  CURRENT=$#words; _magicband
done`,
  fish: `source script.fish
while read -l line; echo (complete -C $line | string split -f 1 \\t); end`,
}
const shells = ['bash', 'zsh', 'fish'] as const
const flags = { bash: ['--norc'], zsh: ['-f'], fish: ['-N'] }

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0
}

/** What a shell offers for each line, in the order of the alphabet. */
function complete(shell: (typeof shells)[number], lines: readonly string[]): string[][] {
  const stdout = execFileSync(shell, [...flags[shell], '-c', programs[shell]], {
    cwd: command.folder,
    env: { PATH: process.env.PATH ?? '', HOME: command.folder },
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = stdout.split('\n').slice(0, -1)
  expect(answers).toHaveLength(lines.length)
  return answers.map((answer) =>
    answer
      .split(' ')
      .filter((word) => word !== '')
      .toSorted(),
  )
}

describe.each(shells)('%s', (shell) => {
  test.skipIf(!isInstalled(shell))('completes commands, options, choices and communities', () => {
    const cases: [string, string[]][] = [
      ['magicband k', ['key']],
      ['magicband key ', ['create', 'list', 'revoke', 'rotate']],
      ['magicband key r', ['revoke', 'rotate']],
      ['magicband key create --kind ', ['bot', 'game', 'status']],
      ['magicband key create --kind b', ['bot']],
      ['magicband key create --community ', ['wed', 'zoo']],
      ['magicband key create --kind bot --community w', ['wed']],
      ['magicband key create --kind bot --l', ['--limit']],
      ['magicband import --format ', ['csv', 'mongo']],
      ['magicband completion ', ['bash', 'fish', 'zsh']],
      ['magicband help p', ['points']],
    ]
    const answers = complete(
      shell,
      cases.map(([line]) => line),
    )
    expect(answers).toEqual(cases.map(([, words]) => words))
  })

  test.skipIf(!isInstalled(shell))('knows every command and every option', async () => {
    const all = listCommands(await createIdleProgram()).map((one) => ({
      line: `${[...pathOf(one), ''].join(' ')}--`,
      options: [...one.options.map(({ long }) => long ?? ''), '--help'].toSorted(),
    }))
    expect(all.length).toBeGreaterThan(20)
    const answers = complete(
      shell,
      all.map(({ line }) => line),
    )
    expect(answers).toEqual(all.map(({ options }) => options))
  })

  test.skipIf(!isInstalled(shell))('leaves files to the shell', () => {
    const [words] = complete(shell, ['magicband backup script.ba'])
    // Fish gives the files itself, the others once there are no words.
    expect(words).toEqual(shell === 'fish' ? ['script.bash'] : [])
  })
})

function pathOf(command: Awaited<ReturnType<typeof createIdleProgram>>): string[] {
  return command.parent === null ? [command.name()] : [...pathOf(command.parent), command.name()]
}

test('another shell is refused, with those that there are', async () => {
  const { code, stdout, stderr } = await command.run(['completion', 'tcsh'])
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/bash, zsh, fish/)])
})
