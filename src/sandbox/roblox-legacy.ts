import { type Answer, json } from './http.ts'
import type { RefusalStatus } from './server.ts'

/** An error in the shape of Roblox's older APIs; `code` is the endpoint's own number. */
export function legacyError(status: number, { code, message }: { code: number; message: string }): Answer {
  return json(status, { errors: [{ code, message, userFacingMessage: 'Something went wrong' }] })
}

/** What Roblox's older APIs answer before an endpoint is reached. */
export function refuseLegacy(status: RefusalStatus): Answer {
  return json(status, { errors: [{ code: 0, message: messages[status] }] })
}

const messages: Record<RefusalStatus, string> = {
  404: 'NotFound',
  405: 'The requested resource does not support http method.',
  413: 'Request Entity Too Large',
  429: 'Too many requests',
  500: 'InternalServerError',
}
