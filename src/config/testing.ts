import { parseCommunity } from './community.ts'
import { ConfigurationError } from './mistakes.ts'

const sectionsOfLeastFile = {
  name: 'name: Wed',
  roblox: 'roblox: { group: 5 }',
  ranks: 'ranks: { trainee: 10, cast: 50, clearance: [50, 100] }',
  applications: 'applications: { role: Student }',
}

/** For tests: the least community file, each given section in the place of its own or, where it has none, from line 5 on. */
export function writeCommunity(...sections: string[]): string {
  const lines = new Map(Object.entries(sectionsOfLeastFile))
  for (const section of sections) lines.set(section.split(':')[0] ?? '', section)
  return [...lines.values()].join('\n')
}

/** For tests: what is wrong with a community file called wed.yaml, a line a mistake. */
export function listMistakes(text: string, variables: Record<string, string | undefined> = {}): string[] {
  try {
    parseCommunity({ slug: 'wed', file: 'wed.yaml', text, variables })
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n')
    throw error
  }
  return []
}
