import { json, route } from './http.ts'
import { legacyError, refuseLegacy } from './roblox-legacy.ts'
import type { Service } from './server.ts'
import type { World } from './world.ts'

export const thumbnailSizes: readonly number[] = [48, 50, 60, 75, 100, 110, 150, 180, 352, 420, 720]
const formats = ['Png', 'Jpeg', 'Webp']
const maxIds = 100

/** thumbnails.roblox.com: where the pictures of avatars are. */
export function robloxThumbnails(world: World): Service {
  return {
    refuse: refuseLegacy,
    routes: [
      route('GET', '/v1/users/avatar-headshot', json(200, { data: [] }), ({ query }) => {
        const ids = (query.get('userIds') ?? '').split(',')
        const size = query.get('size') ?? '48x48'
        const format = query.get('format') ?? 'Png'
        if (!ids.every((id) => /^\d+$/.test(id))) {
          return legacyError(400, { code: 4, message: 'The requested Ids are invalid, of an invalid type or missing.' })
        }
        if (ids.length > maxIds) return legacyError(400, { code: 1, message: 'There are too many requested Ids.' })
        if (!formats.includes(format)) {
          return legacyError(400, { code: 2, message: 'The requested image format is invalid.' })
        }
        if (!thumbnailSizes.some((each) => size === `${each}x${each}`)) {
          return legacyError(400, { code: 3, message: 'The requested size is invalid.' })
        }
        return json(200, {
          data: ids
            .filter((id) => world.state.users.has(id))
            .map((id) => ({
              targetId: Number(id),
              state: world.thumbnailState,
              imageUrl: world.thumbnailState === 'Completed' ? headshotUrl({ id, size, format }) : '',
              version: 'TN3',
            })),
        })
      }),
    ],
  }
}

function headshotUrl({ id, size, format }: { id: string; size: string; format: string }): string {
  const [width, height] = size.split('x')
  return `https://tr.rbxcdn.com/30DAY-AvatarHeadshot-${id}-Png/${width}/${height}/AvatarHeadshot/${format}/noFilter`
}
