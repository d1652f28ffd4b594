import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { prepareInitFolder } from '../../test/init-folder.ts'

const { sandbox, services, command, readCommunity } = prepareInitFolder()

/** `script` gives a program a terminal, where it is installed (util-linux's, or that of BSD, which is called otherwise). */
const hasScript = (() => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
})()

describe.skipIf(!hasScript)('init at a terminal', () => {
  const program = fileURLToPath(new URL('../main.ts', import.meta.url))

  /** Types an answer to each question, once it is asked. */
  async function converse(answers: [question: string, answer: string][]): Promise<{ code: number; shown: string }> {
    const line = `'${process.execPath}' '${program}' init; echo "status $?"`
    const env = { ...command().environment, ...services(), TERM: 'dumb' }
    const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: command().folder, env })
    let shown = ''
    let seen = 0
    const waiting = [...answers]
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      // A piece may hold several questions.
      for (const [question, answer] of [...waiting]) {
        const at = shown.indexOf(question, seen)
        if (at < 0) return
        seen = at + question.length
        waiting.shift()
        child.stdin.write(answer)
      }
    })
    await once(child, 'close')
    expect(waiting).toEqual([])
    return { code: Number(/status (\d+)/.exec(shown)?.[1]), shown }
  }

  test('asks, until an answer is right, and takes what is usual for none', async () => {
    const { code } = await converse([
      ['Group on Roblox', 'wed\r'],
      ['NUMBER.', ''],
      ['Group on Roblox', '1\r'],
      ['Name of the community [Magicband Sandbox]', 'Wed Crew\r'],
      ['[wed-crew]', '\r'],
      ['[University Student]', 'cast member\r'],
      ['Discord server', '\r'],
    ])
    expect(code).toBe(0)
    expect(readCommunity('wed-crew')).toMatchObject({
      name: 'Wed Crew',
      ranks: { trainee: 50, cast: 100 },
      applications: { role: 'Cast Member' },
    })
  })

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s ends it, with nothing written', async (_name, typed) => {
    const { code, shown } = await converse([
      ['Group on Roblox', '1\r'],
      ['Name of the community', typed],
    ])
    expect([code, shown]).toEqual([1, expect.stringContaining('nothing is written')])
    expect(readdirSync(command().folder)).toEqual([])
  })
})
