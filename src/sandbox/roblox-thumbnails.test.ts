import { expect, test } from 'vitest'
import { ask, startTestSandbox } from './testing.ts'

const path = '/v1/users/avatar-headshot'

test.each([
  [`userIds=${Array.from({ length: 101 }, (_, n) => n + 1).join(',')}`, 1, 'There are too many requested Ids.'],
  ['userIds=1&format=Gif', 2, 'The requested image format is invalid.'],
  ['userIds=1&size=151x151', 3, 'The requested size is invalid.'],
  ['userIds=1&size=150x180', 3, 'The requested size is invalid.'],
  ['userIds=one', 4, 'The requested Ids are invalid, of an invalid type or missing.'],
  ['', 4, 'The requested Ids are invalid, of an invalid type or missing.'],
])('a headshot is refused for ?%.20s with code %i', async (query, code, message) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.robloxThumbnails}${path}?${query}`)
  expect(reply.status).toBe(400)
  expect(reply.body).toEqual({ errors: [{ code, message, userFacingMessage: 'Something went wrong' }] })
})

test('headshots come for the users that exist, with a picture once they are completed', async () => {
  const { addresses, world } = await startTestSandbox()
  const url = `${addresses.robloxThumbnails}${path}?userIds=1,5,172051854&size=150x150&format=Png&isCircular=false`
  const completed = await ask(url)
  world.thumbnailState = 'Pending'
  const pending = await ask(url)
  const imageUrl = (id: number) =>
    `https://tr.rbxcdn.com/30DAY-AvatarHeadshot-${id}-Png/150/150/AvatarHeadshot/Png/noFilter`
  expect(completed.body).toEqual({
    data: [1, 172051854].map((targetId) => ({
      targetId,
      state: 'Completed',
      imageUrl: imageUrl(targetId),
      version: 'TN3',
    })),
  })
  expect(pending.body).toMatchObject({ data: [{ state: 'Pending', imageUrl: '' }, { state: 'Pending' }] })
})

test.each([48, 50, 60, 75, 100, 110, 150, 180, 352, 420, 720])(
  'headshots of size %i are made, a hundred at once',
  async (size) => {
    const { addresses } = await startTestSandbox()
    const ids = Array.from({ length: 100 }, (_, n) => 100_001 + n)
    const reply = await ask(`${addresses.robloxThumbnails}${path}?userIds=${ids}&size=${size}x${size}&format=Webp`)
    expect(reply.status).toBe(200)
    expect(reply.body).toHaveProperty('data.length', 100)
  },
)
