import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** A piece of code in a document: where its fence stands, and what it holds. */
export type Block = { file: string; line: number; language: string; code: string }

/** A page of the manual, named from the root of the checkout. */
export type Document = { file: string; text: string; blocks: readonly Block[] }

/** The manual: whatever stands in these places is read by people who believe it. */
export function readDocuments(): Document[] {
  const places = ['README.md', 'SECURITY.md', 'docs/*.md', 'clients/*/README.md', 'examples/*/README.md']
  return places
    .flatMap((place) => globSync(place, { cwd: root }).toSorted())
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return { file, text, blocks: readBlocks(file, text) }
    })
}

function readBlocks(file: string, text: string): Block[] {
  // One in a list is indented.
  return [...text.matchAll(/^( *)```([^\n]*)\n([\s\S]*?)^ *```$/gm)].map((found) => {
    const [, indent = '', language = '', code = ''] = found
    const line = text.slice(0, found.index).split('\n').length
    return { file, line, language, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }
  })
}

/** The document without its blocks. */
function proseOf(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^ *```$/gm, '')
}

/** What stands in single backticks in the text of a document. */
export function readSpans(text: string): string[] {
  return [...proseOf(text).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '))
}

/** Links to files of this checkout: where they lead, and to which heading. */
export function readLinks({ file, text }: { file: string; text: string }): { to: string; anchor: string }[] {
  const targets = [
    ...proseOf(text)
      .replaceAll(/`[^`]*`/g, '')
      .matchAll(/\]\((?!\w+:)([^)\s]*)\)/g),
  ]
  return targets.map(([, target = '']) => {
    const [path = '', anchor = ''] = target.split('#')
    return { to: path === '' ? file : normalize(join(dirname(file), path)), anchor }
  })
}

export function exists(file: string): boolean {
  return !relative(root, join(root, file)).startsWith('..') && existsSync(join(root, file))
}

/** The anchors that a page of Markdown has, one for each heading, as GitHub makes them. */
export function listAnchors(file: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of proseOf(readFileSync(join(root, file), 'utf8')).matchAll(/^#+ +(.*)$/gm)) {
    const plain = heading.replaceAll(/\]\([^)]*\)/g, '').toLowerCase()
    const anchor = plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    let name = anchor
    for (let count = 1; anchors.has(name); count++) name = `${anchor}-${count}`
    anchors.add(name)
  }
  return anchors
}
