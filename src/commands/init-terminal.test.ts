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
    ['all at once', ['1\rWed Crew\r\rcast member\r\r']],
    ['a line that is finished later', ['1\rWed C', 'rew\r\rcast member\r\r']],
  ])('takes what is typed ahead for the answers that come: %s', async (_name, [first = '', later = '']) => {
    const { code, shown } = await converse([
      ['Group on Roblox', first],
      ['Name of the community [Magicband Sandbox]: ', later],
    ])
    expect(code).toBe(0)
    expect(shown).toContain('Role that approval gives [University Student]: cast member')
    expect(readCommunity('wed-crew').applications.role).toBe('Cast Member')
  })

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-D', '\u0004', 1],
  ])('%s ends it, with nothing written', async (_name, typed, status) => {
    const { code, shown } = await converse([
      ['Group on Roblox', '1\r'],
      ['Name of the community', typed],
    ])
    expect([code, shown]).toEqual([status, expect.stringContaining('nothing is written')])
    expect(readdirSync(command().folder)).toEqual([])
  })

  test('Ctrl-C ends it while Roblox is waited for, before Roblox is given up', async () => {
    sandbox().fail('robloxGroups', { mode: 'hang' })
    const { code, shown } = await converse([
      ['Group on Roblox', '1\r'],
      ['asking Roblox', '\u0003'],
    ])
    sandbox().heal()
    expect([code, shown]).toEqual([130, expect.stringContaining('nothing is written')])
    expect(shown).not.toContain('roblox groups')
    expect(readdirSync(command().folder)).toEqual([])
  })

  test('asks with names that give the terminal no orders', async () => {
    const before = sandbox().world.groupName
    sandbox().world.groupName = 'a\u001b]0;b\u0007\u202ec'
    const { code, shown } = await converse([['Group on Roblox', '1\r\r\r\r\r']])
    sandbox().world.groupName = before
    expect(code).toBe(0)
    expect(shown).toContain('Name of the community [a\\u001b]0;b\\u0007\\u202ec]: ')
    // What says that Roblox is asked is taken away by an order of our own.
    expect(shown.replaceAll('\r\u001b[A\u001b[J', '').replaceAll(/[\r\n]/g, '')).not.toMatch(
      /[\p{Cc}\p{Bidi_Control}]/u,
    )
  })
})
