import type { Logger } from 'pino'
import type { Clock, RandomBytes } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Database } from '../../database/database.ts'
import type { Db } from '../../database/schema.ts'
import type { HttpClient } from '../../outside/http-client.ts'
import { OutsideError } from '../../outside/outside-error.ts'
import { createPaste } from '../../outside/pastebin.ts'
import { deleteEndedPastes, findPaste, insertPaste } from './paste.store.ts'

/** A month, as Pastebin's `1M`. */
const livesMs = 30 * 24 * 3_600_000

/** Enough that nobody guesses one. */
const idBytes = 18
const idForm = /^[\w-]{24}$/

export type PasteDependencies = {
  database: Database
  pastebin: HttpClient
  clock: Clock
  randomBytes: RandomBytes
  /** Where this server is reached from outside, without a slash at the end. */
  publicUrl: () => string
  log: Logger
}

/** A page that can be read from outside; `keep` makes it in the transaction of what it belongs to. */
export type Page = { url: string; keep(trx: Db): Promise<void> }

type Text = { community: Community; robloxId: string; title: string; text: string }

/** Puts text where it can be read from outside for a month: on Pastebin where the community wants it and Pastebin takes it, else here. */
export async function publish(dependencies: PasteDependencies, paste: Text): Promise<Page> {
  const url = await publishOnPastebin(dependencies, paste)
  return url === undefined ? createOwnPage(dependencies, paste) : { url, keep: async () => undefined }
}

/** The text of a page of ours that has not ended. */
export async function readPage({ database, clock }: PasteDependencies, id: string): Promise<string | undefined> {
  return idForm.test(id) ? findPaste(database.read, id, clock()) : undefined
}

/** Deletes the pages that have ended; nobody can read them from that moment on anyway. */
export async function forgetPages({ database, clock }: Pick<PasteDependencies, 'database' | 'clock'>): Promise<void> {
  await database.act((trx) => deleteEndedPastes(trx, clock()))
}

async function publishOnPastebin(
  { pastebin, log }: PasteDependencies,
  { community, title, text }: Text,
): Promise<string | undefined> {
  const { paste, pastebinKey } = community.applications
  if (paste !== 'pastebin' || pastebinKey === undefined) return undefined
  try {
    return await createPaste(pastebin, { apiKey: pastebinKey, title, text })
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    log.warn(
      { community: community.slug, status: error.status, answer: error.answer, err: error },
      'Pastebin did not take an application, which is on the built-in page instead: check pastebinKey and the limits of its account',
    )
    return undefined
  }
}

function createOwnPage(
  { clock, randomBytes, publicUrl }: PasteDependencies,
  { community, robloxId, text }: Text,
): Page {
  const id = randomBytes(idBytes).toString('base64url')
  return {
    url: `${publicUrl()}/pastes/${id}`,
    keep: async (trx) => {
      const now = clock()
      await insertPaste(trx, { id, community: community.slug, robloxId, text, now, endsAt: now + livesMs })
    },
  }
}
