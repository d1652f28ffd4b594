import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

const inlineScripts = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g

/** An answer of this size is kept as bytes, once for everybody who reads it at the same time, however slowly. */
const sharedBytes = 64 * 1024

/** Sends a large file of this scope as the same bytes to everyone, where each answer would hold a copy of its own. */
export function shareLargeFiles(app: FastifyInstance): void {
  const files = new Map<string, Buffer>()
  app.addHook('onSend', async (request, _reply, payload) => {
    if (typeof payload !== 'string' || payload.length < sharedBytes) return payload
    // The routes of a scope are few, and what they send never changes.
    const name = request.routeOptions.url ?? ''
    const known = files.get(name)
    if (known?.length === Buffer.byteLength(payload)) return known
    const bytes = Buffer.from(payload)
    files.set(name, bytes)
    return bytes
  })
}

/**
 * Lets the pages of this scope load nothing from elsewhere, run no script but their own, stand in no frame and tell
 * nobody where their reader came from.
 */
export function securePages(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    if (typeof payload !== 'string' || !String(reply.getHeader('content-type')).startsWith('text/html')) return
    const hashes = [...payload.matchAll(inlineScripts)].map(([, script = '']) => `'sha256-${sha256(script)}'`)
    const policy = [
      "default-src 'none'",
      `script-src 'self' ${hashes.join(' ')}`,
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]
    reply
      .header('content-security-policy', policy.join('; '))
      .header('x-frame-options', 'DENY')
      .header('referrer-policy', 'no-referrer')
      .header('cross-origin-opener-policy', 'same-origin')
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
