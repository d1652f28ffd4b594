import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { moderator, pathOf } from '../../test/magicband.ts'
import type { GameServer } from './testing/game-servers.ts'
import { hub, worldOfTests } from './testing/world.ts'

const world = await worldOfTests()

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** The Luau of a document, as it stands there but for the address. */
function snippets(path: string): string[] {
  return [...read(path).matchAll(/^( *)```lua\n(.*?)^\1```$/gms)].map(([, indent = '', text = '']) =>
    here(text.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
  )
}

const here = (script: string) => script.replaceAll('https://band.example.com', world.proxy.address)
const grant = (username: string, certification: string) =>
  world.band.post(pathOf('/certification/grant', { certification, username, moderator }))

async function run(script: string): Promise<GameServer> {
  const server = await world.startServer({ isStarted: false })
  await server.run(script)
  return server
}

describe('docs/game-scripts.md', () => {
  /** All its pieces but the last, which is for Studio, are one script. */
  const guide = () =>
    run(`${snippets('docs/game-scripts.md').slice(0, -1).join('\n')}
    clock, idle, moved, submit = clockIn, onIdle, onMoved, onSubmit`)

  test('the script lets staff work until they leave, and kicks who is banned', async () => {
    await world.band.post(pathOf('/ban/add', { reason: 'bad boy', username: 'SeniorOne', moderator }))
    const server = await guide()
    for (const id of [1002, 1003, 100_001]) await server.join(id)
    await server.advance(120.5)
    await server.leave(1002)
    await server.advance(1)
    expect(server.texts('info')).toEqual(['kicked Player1003: You are banned: bad boy'])
    expect(await world.shifts()).toEqual([expect.objectContaining({ id: '1002', seconds: 120 })])
  })

  test('nobody is kicked in an outage, and everyone is asked about again after it', async () => {
    await world.proxy.close()
    const server = await guide()
    await server.join(1002)
    await server.advance(100)
    await world.proxy.open()
    await server.advance(60)
    expect(await server.value('Magicband.getAdmission(__player(1002)).clearance')).toBe(1)
    await server.advance(3600)
    await server.leave(1002)
    await server.advance(1)
    expect(await world.shifts()).toEqual([expect.objectContaining({ id: '1002' })])
  })

  test('who is banned and joins in an outage is kicked after it', async () => {
    await world.band.post(pathOf('/ban/add', { reason: 'bad boy', username: 'SeniorOne', moderator }))
    await world.proxy.close()
    const server = await guide()
    await server.join(1003)
    await server.advance(100)
    await world.proxy.open()
    await server.advance(120)
    expect(server.texts('info').filter((text) => text.startsWith('kicked'))).toHaveLength(1)
  })

  test('a certification is looked at, time away is none, and applications go through', async () => {
    await grant('CastOne', 'tot')
    const server = await guide()
    for (const id of [1002, 1006]) await server.join(id)
    await server.advance(1.5)
    await server.run('Magicband.endShift(__player(1002)) clock(__player(1002)) clock(__player(1006))')
    await server.advance(60)
    await server.run('idle(__player(1002))')
    await server.advance(600)
    await server.run('moved(__player(1002))')
    await server.advance(60)
    await server.run('submit(__player(1006), { "1", "2", "3", "4" }) submit(__player(1006), {})')
    for (const id of [1002, 1006]) await server.leave(id)
    await server.advance(1)
    expect((await world.shifts()).map(({ id, seconds }) => [id, seconds])).toEqual([
      ['1002', 1],
      ['1002', 120],
    ])
    expect(server.texts('info')).toEqual([expect.stringContaining('Player1006 has applied: https://')])
    expect(server.texts('warn')).toEqual(['Player1006 could not apply: missing parameter: q1'])
  })

  test('what is kept in data stores is listed', async () => {
    const server = await guide()
    await server.join(1002)
    await server.advance(600.5)
    world.proxy.fault = ({ path }) => (path === '/log' ? 'lost hang' : undefined)
    await server.shutDown()
    const list = async () => (await run(snippets('docs/game-scripts.md').at(-1) ?? '')).texts('info')
    expect(await list()).toEqual([])
    await world.advance(49 * 3600)
    expect(await list()).toEqual([
      expect.stringMatching(/^1002 600 \w.* [\w-]{36}$/),
      `${server.jobId} has nothing else`,
    ])
  })
})

test('the script of the README runs', async () => {
  const [script = ''] = snippets('README.md')
  const server = await run(script)
  await server.join(1002)
  await server.advance(60.5)
  expect(await server.shutDown()).toBeLessThan(1)
  expect(await world.shifts()).toEqual([expect.objectContaining({ id: '1002', seconds: 60 })])
})

describe('examples/place', () => {
  /** Where everyone stands; the script reads it of each character. */
  const surroundings = `
    local Position = {}
    Position.__index = Position
    Position.__sub = function(one, other) return setmetatable({ Magnitude = math.abs(one.x - other.x) }, Position) end
    function stand(id, x)
      local position = setmetatable({ x = x }, Position)
      __player(id).Character = { GetPivot = function() return { Position = position } end }
    end
    local function part(tag)
      local part = __instance("Part", tag, { CanCollide = true })
      __instance("ProximityPrompt", "Prompt"):SetParent(part)
      part:AddTag(tag)
      return part
    end
    door, desk = part("StaffDoor"), part("StaffDesk")
    door:SetAttribute("Certification", "tot")`

  async function open(): Promise<GameServer> {
    const server = await run(`${surroundings}\n${here(read('examples/place/src/Staff.server.luau'))}`)
    await server.run('Magicband = require(game:GetService("ServerScriptService").Magicband)')
    return server
  }

  test('its door opens for the certified, for three seconds', async () => {
    await grant('CastOne', 'tot')
    const server = await open()
    for (const id of [1002, 1003]) await server.join(id)
    await server.advance(1)
    const openedBy = async (id: number) => {
      await server.run(`door.Prompt.Triggered:Fire(__player(${id}))`)
      return server.run('return not door.CanCollide')
    }
    expect(await openedBy(1003)).toEqual([false])
    expect(await openedBy(1002)).toEqual([true])
    await server.advance(3.1)
    expect(await server.run('return door.CanCollide')).toEqual([true])
  })

  test('staff clock in and out at its desk, and standing still for five minutes is not paid', async () => {
    const server = await open()
    for (const id of [1002, 100_001]) await server.join(id)
    await server.advance(1)
    const useDesk = (id: number) => server.run(`desk.Prompt.Triggered:Fire(__player(${id}))`)
    await server.run('stand(1002, 0)')
    await useDesk(100_001)
    await useDesk(1002)
    expect(await server.run('return __player(1002):GetAttribute("OnShift")')).toEqual([true])
    await server.advance(1200)
    await server.run('stand(1002, 9)')
    await server.advance(60)
    await useDesk(1002)
    await server.advance(1)
    const shifts = await world.shifts()
    expect(shifts).toEqual([expect.objectContaining({ id: '1002' })])
    // It looks every 15 seconds.
    expect(shifts[0]?.seconds).toBeGreaterThanOrEqual(345)
    expect(shifts[0]?.seconds).toBeLessThanOrEqual(390)
    expect(server.texts('info')).toEqual([expect.stringMatching(/^Player1002 has worked for [56] minutes$/)])
  })

  test('whoever is banned is kicked, and who came in an outage gets their powers after it', async () => {
    await world.band.post(pathOf('/ban/add', { reason: 'bad boy', username: 'SeniorOne', moderator }))
    const server = await open()
    await server.join(1003)
    await server.advance(1)
    await world.proxy.close()
    await server.join(1002)
    await server.advance(20)
    expect(await server.run('return __player(1002):GetAttribute("Clearance")')).toEqual([0])
    await world.proxy.open()
    await server.advance(60)
    expect(await server.run('return __player(1002):GetAttribute("Clearance")')).toEqual([1])
    expect(server.texts('info')[0]).toBe('kicked Player1003: You are banned: bad boy')
  })

  test.each(['examples/place/', 'clients/luau/'])('the files that the project in %s names are there', (folder) => {
    const paths = [...read(`${folder}default.project.json`).matchAll(/"\$path": "(.*?)"/g)].map(([, path]) => path)
    expect(paths.length).toBeGreaterThan(0)
    for (const path of paths) expect(existsSync(new URL(`../../${folder}${path}`, import.meta.url))).toBe(true)
  })
})

test('the module is one file, in strict mode, and says where its data is', () => {
  const source = read('clients/luau/Magicband.luau')
  expect(source.startsWith('--!strict\n')).toBe(true)
  expect(read('docs/game-scripts.md')).toContain('`Magicband-PLACE`')
  expect(source).toContain('`Magicband-{thisPlace}`')
  expect(hub).toBeGreaterThan(2 ** 32)
})
