import { randomInt } from 'node:crypto'
import { type Answer, type Call, html, Refusal, route, text } from './http.ts'
import type { RefusalStatus, Service } from './server.ts'
import { sandboxKeys, type World } from './world.ts'
import type { SandboxPaste } from './world-state.ts'

const dayMs = 24 * 60 * 60 * 1000
const lifetimesMs: ReadonlyMap<string, number> = new Map([
  ['N', Number.POSITIVE_INFINITY],
  ['10M', 10 * 60 * 1000],
  ['1H', 60 * 60 * 1000],
  ['1D', dayMs],
  ['1W', 7 * dayMs],
  ['2W', 14 * dayMs],
  ['1M', 30 * dayMs],
  ['6M', 182 * dayMs],
  ['1Y', 365 * dayMs],
])
const privacies: ReadonlyMap<string, SandboxPaste['privacy']> = new Map([
  ['0', 'public'],
  ['1', 'unlisted'],
])
const maxPasteBytes = 512 * 1024
const maxPastes = 1000

/** pastebin.com, with the developer key of a free account. Its answers are plain text. */
export function pastebin(world: World): Service {
  return {
    refuse,
    routes: [
      route('POST', '/api/api_post.php', text(200, ''), (call) => createPaste(world, call)),
      route('GET', '/raw/{key}', text(200, ''), (_call, params) => {
        const paste = world.state.pastes.get(params.key)
        if (paste === undefined || !isAlive(world, paste)) return html(404, notFoundPage)
        return text(200, paste.text)
      }),
    ],
  }
}

const notFoundPage = '<!DOCTYPE html><html><head><title>Pastebin.com - Not Found (#404)</title></head></html>'

function createPaste(world: World, call: Call): Answer {
  const form = new URLSearchParams(call.body)
  if (form.get('api_option') !== 'paste') throw badRequest('invalid api_option')
  if (form.get('api_dev_key') !== sandboxKeys.pastebin) throw badRequest('invalid api_dev_key', 422)
  // The sandbox knows no account that could log in, so that no user key is right.
  if (form.has('api_user_key')) throw badRequest('invalid api_user_key')
  const content = form.get('api_paste_code') ?? ''
  if (content === '') throw badRequest('api_paste_code was empty')
  if (Buffer.byteLength(content) > maxPasteBytes) throw badRequest('maximum paste file size exceeded')
  // A private paste (2) belongs to an account, and so needs a user key.
  const privacy = privacies.get(form.get('api_paste_private') ?? '0')
  if (privacy === undefined) throw badRequest('invalid api_paste_private')
  const lifetimeMs = lifetimesMs.get(form.get('api_paste_expire_date') ?? 'N')
  if (lifetimeMs === undefined) throw badRequest('invalid api_paste_expire_date')
  checkLimits(world, privacy)
  const createdAt = world.clock()
  const paste: SandboxPaste = {
    key: randomKey(),
    name: form.get('api_paste_name') ?? '',
    text: content,
    privacy,
    createdAt,
    ...(Number.isFinite(lifetimeMs) && { expiresAt: createdAt + lifetimeMs }),
  }
  world.change(({ pastes }) => {
    const [oldest] = pastes.keys()
    if (pastes.size >= maxPastes && oldest !== undefined) pastes.delete(oldest)
    pastes.set(paste.key, paste)
  })
  // The real host, which is what the real one answers wherever it was asked.
  return text(200, `https://pastebin.com/${paste.key}`)
}

function checkLimits(world: World, privacy: SandboxPaste['privacy']): void {
  const pastes = [...world.state.pastes.values()]
  const today = pastes.filter(({ createdAt }) => createdAt > world.clock() - dayMs)
  if (today.length >= world.pastebinDailyLimit) throw badRequest('Post limit, maximum pastes per 24h reached')
  const unlisted = pastes.filter((paste) => paste.privacy === 'unlisted' && isAlive(world, paste))
  if (privacy === 'unlisted' && unlisted.length >= world.pastebinUnlistedLimit) {
    throw badRequest(`maximum number of ${world.pastebinUnlistedLimit} unlisted pastes for your free account`)
  }
}

function isAlive(world: World, { expiresAt }: SandboxPaste): boolean {
  return expiresAt === undefined || expiresAt > world.clock()
}

function randomKey(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** Pastebin says what is wrong in the text; the status is 200 for nearly all of it. */
function badRequest(reason: string, status = 200): Refusal {
  return new Refusal(text(status, `Bad API request, ${reason}`))
}

function refuse(status: RefusalStatus): Answer {
  return status === 404 ? html(404, notFoundPage) : text(status, messages[status])
}

const messages: Record<Exclude<RefusalStatus, 404>, string> = {
  405: 'Bad API request, use POST request, not GET',
  413: 'Bad API request, maximum paste file size exceeded',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}
