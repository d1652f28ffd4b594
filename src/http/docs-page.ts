import { hash } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'

const inlineScripts = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g

type Page = { html: string; policy: string; script: Buffer }

/**
 * Adds `/docs`, a page to try calls from. It is made when it is asked for first, since few servers ever are, and what it
 * is made of takes as long to load as half of the server. Everybody is sent the same bytes, however slowly they read.
 */
export function addDocsPage(app: FastifyInstance): void {
  let page: Promise<Page> | undefined
  const getPage = () => {
    page ??= makePage().catch((error: unknown) => {
      page = undefined
      throw error
    })
    return page
  }
  app.get('/docs', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs/', 301))
  app.get('/docs/', { schema: { hide: true } }, async (_request, reply) => {
    const { html, policy } = await getPage()
    return reply
      .type('text/html; charset=utf-8')
      .headers({
        'content-security-policy': policy,
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      })
      .send(html)
  })
  app.get('/docs/js/scalar.js', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/javascript; charset=utf-8').send((await getPage()).script),
  )
}

/** As the plug-in serves it, on a server of its own that nobody reaches. */
async function makePage(): Promise<Page> {
  const { default: apiReference } = await import('@scalar/fastify-api-reference')
  const server = fastify()
  await server.register(apiReference, {
    routePrefix: '/docs',
    // Nothing is loaded from elsewhere, and nothing is offered that would send the document elsewhere.
    configuration: {
      url: '/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
      hideClientButton: true,
      documentDownloadType: 'json',
      operationTitleSource: 'path',
      authentication: { preferredSecurityScheme: 'header' },
    },
  })
  const { payload: html } = await server.inject('/docs/')
  const { rawPayload: script } = await server.inject('/docs/js/scalar.js')
  await server.close()
  return { html, policy: policyFor(html), script }
}

/** Nothing from elsewhere, no script but the page's own, no frame around it. */
function policyFor(html: string): string {
  const hashes = [...html.matchAll(inlineScripts)].map(([, script = '']) => `'sha256-${sha256(script)}'`)
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64')
}
