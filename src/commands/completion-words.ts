import type { Command, Option } from 'commander'

/** What may be typed next: words, the name of a community, or anything, such as a file. */
export type Choice = { words: readonly string[] } | 'community' | 'anything'

/** A command, as a shell that completes it knows it. */
export type Completable = {
  /** Its words without the program's: `key create`; of the program itself nothing. */
  path: string
  /** The commands below it; without any, the choices of its argument. */
  words: readonly Word[]
  options: readonly (Word & { value: Choice | undefined })[]
  /** It takes an argument that can't be listed: a file, an id. */
  takesAnything: boolean
}

export type Word = { word: string; about: string }

/** All commands of the program, the program itself first. */
export function describeCommands(program: Command): Completable[] {
  const top = program.commands.map((command) => toWord(command))
  const help = { path: 'help', words: top, options: [], takesAnything: false }
  const [first, ...others] = describe(program, '')
  if (first === undefined) return []
  return [
    { ...first, words: [...first.words, { word: 'help', about: 'print the help of a command' }] },
    help,
    ...others,
  ]
}

function describe(command: Command, path: string): Completable[] {
  const below = command.commands.map((one) => describe(one, `${path} ${one.name()}`.trimStart()))
  const choices = command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((word) => ({ word, about: description })),
  )
  const words = [...command.commands.map(toWord), ...choices]
  const takesAnything = command.registeredArguments.length > 0 && choices.length === 0
  const options = [...command.options, ...command.createHelp().visibleOptions(command).slice(-1)].map(toOption)
  return [{ path, words, options, takesAnything }, ...below.flat()]
}

function toWord(command: Command): Word {
  return { word: command.name(), about: command.summary() || command.description() }
}

function toOption(option: Option): Word & { value: Choice | undefined } {
  const { long, short, description } = option
  return { word: long ?? short ?? '', about: description, value: findValue(option) }
}

function findValue({ required, long, argChoices }: Option): Choice | undefined {
  if (!required) return undefined
  if (argChoices !== undefined) return { words: argChoices }
  return long === '--community' ? 'community' : 'anything'
}
