import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

const inlineScripts = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g

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
