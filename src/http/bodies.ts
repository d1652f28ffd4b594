import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Body } from '../call/body.ts'
import { Problem } from '../problem.ts'

/** Before and after decompression (contract, 413). */
export const bodyLimit = 256 * 1024

const unzip = promisify(gunzip)

export const noBody: Body = { bytes: Buffer.alloc(0), contentType: '', isReadable: true }

/**
 * Takes bodies of any content type as bytes, unzipped where they are gzip: game scripts send JSON's content type with
 * nothing in it, which a JSON parser would refuse (contract, rule 2).
 * @returns the requests whose bodies are not here yet
 */
export function readBodies(app: FastifyInstance): ReadonlySet<IncomingMessage> {
  const unread = new Set<IncomingMessage>()
  app.removeAllContentTypeParsers()
  // Fastify refuses a content type that it can't parse; `call/body.ts` reads what the caller sent.
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.raw.headers['content-type'] !== undefined)
      request.headers = { 'content-type': 'application/octet-stream' }
    if (hasBody(request.raw)) {
      unread.add(request.raw)
      for (const event of ['end', 'close']) request.raw.once(event, () => unread.delete(request.raw))
    }
    done()
  })
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer): Promise<Body> => {
      const contentType = request.raw.headers['content-type'] ?? ''
      const encoding = String(request.headers['content-encoding'] ?? 'identity')
        .trim()
        .toLowerCase()
      if (encoding === 'identity' || bytes.length === 0) return { bytes, contentType, isReadable: true }
      if (encoding !== 'gzip' && encoding !== 'x-gzip') return { ...noBody, contentType, isReadable: false }
      try {
        return { bytes: await unzip(bytes, { maxOutputLength: bodyLimit }), contentType, isReadable: true }
      } catch (error) {
        if (error instanceof RangeError) throw new Problem('body-too-large', { cause: error })
        // Only the calls that read the body mind.
        return { ...noBody, contentType, isReadable: false }
      }
    },
  )
  return unread
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
