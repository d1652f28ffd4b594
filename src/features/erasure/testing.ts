import { createHmac, randomUUID } from 'node:crypto'

/** The secret of the webhooks of tests. */
export const webhookSecret = 'a-secret-that-roblox-knows'

/** The body of a notification by which Roblox asks for a user to be erased. */
export function notificationOf(userId: number, id: string = randomUUID()): string {
  const EventPayload = { UserId: userId, GameIds: [1234, 2345] }
  return JSON.stringify({
    NotificationId: id,
    EventType: 'RightToErasureRequest',
    EventTime: '2026-01-15',
    EventPayload,
  })
}

/** The header `roblox-signature` for a body. `at` is in UTC milliseconds. */
export function sign(body: string, { at, key = webhookSecret }: { at: number; key?: string }): string {
  const time = Math.floor(at / 1000)
  return `t=${time},v1=${createHmac('sha256', key).update(`${time}.${body}`).digest('base64')}`
}
