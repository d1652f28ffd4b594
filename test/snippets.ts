import { readFileSync } from 'node:fs'

/** The code blocks of a Markdown file in one language, in their order. `file` is named from the root of the checkout. */
export function readSnippets(file: string, language: string): string[] {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  // One in a list is indented.
  const blocks = [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)]
  return blocks.flatMap(([, indent = '', name, code = '']) =>
    name === language ? [code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')] : [],
  )
}
