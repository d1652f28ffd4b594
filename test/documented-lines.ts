import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Block, root } from './documents.ts'
import { readShell, type ShellCommand } from './shell.ts'

/** A line of a manual that somebody types, and what the manual shows as its answer, if anything. */
export type TypedLine = { file: string; line: number; text: string; commands: readonly ShellCommand[]; shown: string }

/** The lines of a block that are typed: all of `sh`, and those of `console` that begin with `$ `. */
export function readTypedLines(block: Block): TypedLine[] {
  const typed: TypedLine[] = []
  // A backslash carries on a line, which is counted where it begins.
  const joined = block.code.replaceAll(/\\\n\s*/g, ' ').split('\n')
  for (const [index, written] of joined.entries()) {
    const isTyped = block.language === 'sh' || written.startsWith('$ ')
    if (isTyped) {
      const text = written.replace(/^\$ /, '')
      const commands = readShell(text)
      if (commands.length > 0) typed.push({ file: block.file, line: block.line + index + 1, text, commands, shown: '' })
      continue
    }
    const last = typed.at(-1)
    if (last !== undefined) last.shown += `${written}\n`
  }
  return typed.map((line) => ({ ...line, shown: line.shown.trimEnd() }))
}

/** What follows the program's name in any of the ways in which a manual calls it; undefined of other programs. */
export function argumentsOf({ words }: ShellCommand): readonly string[] | undefined {
  const [first, second] = words
  if (first === 'magicband') return words.slice(1)
  if (first === 'npx' && second === 'magicband') return words.slice(2)
  if (first !== 'npm' || !words.includes('magicband')) return undefined
  const dashes = words.indexOf('--')
  return dashes < 0 ? [] : words.slice(dashes + 1)
}

/** What is wrong with a call of npm: a script that is not there. */
export function findNpmMistake({ words }: ShellCommand, file: string): string | undefined {
  const workspaceAt = words.indexOf('--workspace')
  const workspace = workspaceAt < 0 ? undefined : words[workspaceAt + 1]
  const [verb = '', name = ''] = words.slice(1).filter((word) => !word.startsWith('-') && word !== workspace)
  const script = verb === 'run' ? name : ['start', 'test'].includes(verb) ? verb : undefined
  if (script === undefined)
    return ['ci', 'install', 'rebuild', 'config', 'publish', 'audit', 'link', 'pack', 'install-scripts'].includes(verb)
      ? undefined
      : `npm has no command ${verb}`
  const folder = workspace === undefined ? dirname(file) : findWorkspace(workspace)
  if (folder === undefined) return `there is no workspace ${workspace}`
  // The manual of a part speaks of scripts of the whole, too.
  const manifests = [folder, ...(workspace === undefined ? ['.'] : [])].map((one) => join(root, one, 'package.json'))
  const isThere = manifests.filter((one) => existsSync(one)).some((one) => script in readScripts(one))
  return isThere ? undefined : `package.json has no script ${script}`
}

function readScripts(manifest: string): Record<string, string> {
  return JSON.parse(readFileSync(manifest, 'utf8')).scripts ?? {}
}

function findWorkspace(name: string): string | undefined {
  const { workspaces }: { workspaces: string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return workspaces.find((folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name === name)
}

/** The words that a manual leaves to its reader, as the tests fill them in. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\b[A-Z][A-Z_]+\b/g, (word) => values[word] ?? word)
}

/** What is shown, as a pattern: `…` stands for anything, and times, keys, hashes and ids for others of their kind. */
export function patternOf(shown: string): RegExp {
  const kinds: readonly [RegExp, string][] = [
    [/\d{4}-\d\d-\d\dT[\d:.]+Z/, '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'],
    [/…/, '[\\s\\S]*?'],
    [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,64}\b/, '[0-9a-f]{12,64}'],
  ]
  const any = new RegExp(kinds.map(([kind]) => `(${kind.source})`).join('|'), 'g')
  let pattern = ''
  let end = 0
  for (const found of shown.matchAll(any)) {
    const kind = kinds.findIndex((_, index) => found[index + 1] !== undefined)
    pattern += escapeForPattern(shown.slice(end, found.index)) + (kinds[kind]?.[1] ?? '')
    end = found.index + found[0].length
  }
  return new RegExp(`^${pattern}${escapeForPattern(shown.slice(end))}$`)
}

function escapeForPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
