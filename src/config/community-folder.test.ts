import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTemporaryFolder } from '../../test/temporary-folder.ts'
import { readCommunities } from './community.ts'
import { ConfigurationError, type Mistake } from './mistakes.ts'
import { writeCommunity } from './testing.ts'

const least = `${writeCommunity()}\n`

describe('a folder', () => {
  let folder = ''
  const put = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content)
  const listMistakes = (): readonly Mistake[] => {
    try {
      readCommunities(folder, {})
    } catch (error) {
      if (error instanceof ConfigurationError) return error.mistakes
      throw error
    }
    return []
  }

  beforeEach(() => {
    folder = makeTemporaryFolder('communities')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('reports the mistakes of all its files at once', () => {
    put('a.yaml', 'name: A\nroblox: { group: 5 }\nranks: { trainee: 10, cast: 5, clearance: [50, 40] }\n')
    put('b.yaml', `${least}points:\n  secondsPerPoint: 0\nsources: [any]\n`)
    put('c.yaml', least)
    put('d.yaml', 'name: @d\n')
    expect(listMistakes()).toEqual([
      {
        file: join(folder, 'a.yaml'),
        line: 1,
        message: 'applications is missing: it must be a map with role, for example { role: University Student }',
      },
      { file: join(folder, 'a.yaml'), line: 3, message: 'ranks.cast must be the same as ranks.trainee or higher' },
      {
        file: join(folder, 'a.yaml'),
        line: 3,
        message: 'ranks.clearance[1] must be higher than the rank before it, for example [50, 100, 150]',
      },
      {
        file: join(folder, 'b.yaml'),
        line: 6,
        message: 'points.secondsPerPoint must be a number above 0, for example 60',
      },
      {
        file: join(folder, 'b.yaml'),
        line: 7,
        message:
          'sources must be a map of game, bot and status, for example { game: any, bot: ["10.0.0.0/8"], status: any }',
      },
      {
        file: join(folder, 'd.yaml'),
        line: 1,
        message: 'text that begins with this character must be put in quotes',
      },
    ])
  })

  test('has no file whose name or content is none', () => {
    put('a.yml', least)
    put('B.yaml', least)
    put('c.yaml', Buffer.from([0xff, 0xfe, 0x61]))
    mkdirSync(join(folder, 'd.yaml'))
    expect(listMistakes()).toEqual([
      {
        file: join(folder, 'B.yaml'),
        message: 'must be called by 1 to 63 of a-z, 0-9 and -, for example wed.yaml: rename it',
      },
      { file: join(folder, 'a.yml'), message: 'must be called a.yaml: rename it' },
      { file: join(folder, 'c.yaml'), message: 'must be UTF-8 text: save it as UTF-8' },
      { file: join(folder, 'd.yaml'), message: 'must be a file that can be read (EISDIR)' },
    ])
  })

  test('must be a folder', () => {
    put('file', '')
    const file = join(folder, 'file')
    expect(() => readCommunities(file, {})).toThrow(`${file}: must be a folder that can be read (ENOTDIR)`)
  })

  test('has none where it is missing', () => {
    expect(readCommunities(join(folder, 'none'), {})).toEqual([])
  })

  test('has its files in the order of their names, without examples and other files', () => {
    put('b.yaml', least)
    put('a-2.yaml', least)
    put('x.example.yaml', 'no: community')
    put('.hidden.yaml', 'no: community')
    put('community.schema.json', '{}')
    expect(readCommunities(folder, {}).map(({ slug }) => slug)).toEqual(['a-2', 'b'])
  })
})
