import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { Problem, type ProblemCode } from '../problem.ts'
import { answerError } from './errors.ts'

export const commonHeaders = {
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
}

/** Answers what is not HTTP at all, in the shape of every other refusal. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET') socket.destroy()
  else if (error.code === 'HPE_HEADER_OVERFLOW') end(socket, '431 Request Header Fields Too Large', 'request-malformed')
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') end(socket, '408 Request Timeout', 'request-malformed')
  else end(socket, '400 Bad Request', 'request-malformed')
}

/**
 * Answers CONNECT, which asks for a tunnel to somewhere else and names no path. Node has let go of its socket: nobody else
 * hears its errors, or closes it where the caller doesn't.
 */
export function refuseTunnel(socket: Duplex): void {
  socket.on('error', () => undefined)
  end(socket, '405 Method Not Allowed', 'not-found', () => socket.destroy())
}

function end(socket: Duplex, status: string, code: ProblemCode, sent?: () => void): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(answerError(new Problem(code), undefined, '').body)
  const headers = Object.entries({
    ...commonHeaders,
    'x-request-id': randomUUID(),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  socket.end(
    `HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    sent,
  )
}
