import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { makeCommandFolder } from '../../test/command-line.ts'
import { createIdleProgram, findMistake, listCommands } from '../../test/command-parser.ts'
import { readShell } from '../../test/shell.ts'

const program = await createIdleProgram()
const commands = listCommands(program).map((command) => ({ path: pathOf(command), command }))

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({
    writeOut: (text) => {
      help += text
    },
  })
  command.outputHelp()
  return help
}

/** What stands below a heading, up to the next empty line. */
function sectionOf(help: string, heading: string): string {
  return help.split(`\n${heading}:\n`)[1]?.split('\n\n')[0] ?? ''
}

describe.each(commands)('the help of $path', ({ path, command }) => {
  const help = helpOf(command)

  test('says what it is for, in one line and in a sentence', () => {
    expect(command.description()).not.toBe('')
    const summary = command.summary() || command.description()
    expect(summary.length).toBeLessThanOrEqual(80)
    expect(summary).not.toMatch(/\n|[.]$/)
  })

  test('says what each option is, and what holds without it', () => {
    for (const option of command.options) {
      expect([option.flags, option.description]).toEqual([option.flags, expect.stringMatching(/\w/)])
      if (!option.required || option.mandatory) continue
      const isTold = option.description.includes('(default: ') || option.defaultValue !== undefined
      expect([option.flags, isTold]).toEqual([option.flags, true])
    }
    for (const argument of command.registeredArguments) expect(argument.description).toMatch(/\w/)
    // Milliseconds and empty texts are for programs.
    expect(help).not.toMatch(/\(default: (?:""|\d{4,})/)
  })

  test('ends with examples, which the program takes', async () => {
    const lines = sectionOf(help, 'Examples')
    const own = readShell(lines).filter(({ words }) => words[0] === 'magicband')
    expect(own.some(({ words }) => words.join(' ').startsWith(path))).toBe(true)
    for (const { words } of own) expect([words, await findMistake(words.slice(1))]).toEqual([words, undefined])
    for (const about of lines.match(/^ {2}# .*/gm) ?? []) expect(about.length).toBeLessThanOrEqual(80)
  })
})

test('the first page has every command once, in groups, and names the settings', () => {
  const help = helpOf(program)
  const groups = { Running: 'start', Data: 'backup', Keys: 'key', Players: 'audit', Development: 'openapi' }
  for (const [heading, name] of Object.entries(groups)) expect(sectionOf(help, heading)).toMatch(`  ${name} `)
  for (const { name } of program.commands.map((command) => ({ name: command.name() })))
    expect(help.match(new RegExp(`^ {2}${name} `, 'gm'))).toHaveLength(1)
  expect(help).not.toMatch(/^Commands:/m)
  expect(help).toContain('.env.example')
})

describe('what is mistyped is told, with what was meant', () => {
  test.each([
    ['strat', /unknown command 'strat'\n\(Did you mean start\?\)/],
    ['key creat', /unknown command 'creat'\n\(Did you mean create\?\)/],
    ['audit --community wed --sinc 2h', /unknown option '--sinc'\n\(Did you mean --since\?\)/],
    ['key create --community wed --kind bots', /Allowed choices are game, bot, status/],
  ])('%s', async (line, message) => {
    expect(await findMistake(line.split(' '))).toMatch(message)
  })

  test('with 2, and on stderr', async () => {
    const folder = makeCommandFolder()
    const ended = await folder.run(['strat'])
    await folder.remove()
    expect(ended).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean start?') })
  })
})
