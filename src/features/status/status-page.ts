import { hash } from 'node:crypto'
import type { Community } from '../../config/community.ts'
import { describeStatus, type Status, type StatusDependencies } from './status.ts'

/** The page as it stands; `isUp` is false while the database can't be read. */
export type RenderedPage = { html: string; isUp: boolean }

/** Everybody who asks within this time is shown the same page. */
const keptMs = 5000
const reloadSeconds = 30

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.3rem; margin: 1.5rem 0 0 }
dl { margin: .5rem 0 0; border-top: 1px solid #8886 }
div { padding: .5rem 0; border-bottom: 1px solid #8886 }
dt { font-weight: 600 }
dd { margin: 0; opacity: .85 }
b { padding: 0 .5em; border-radius: 1em; color: #fff; white-space: nowrap }
.ok b { background: #18794e }
.degraded b { background: #a35200 }
.down b { background: #c62a2f }
footer { margin-top: 1.5rem; font-size: .85rem; opacity: .85 }
`

/** Only the style above: nothing is loaded, run, sent or framed. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const partNames = ['database', 'roblox', 'discord', 'pastebin'] as const
type Part = (typeof partNames)[number]
type State = Status['status']

/** What each part is called, and what its state means to players and staff. */
const descriptions: Readonly<Record<Part, { title: string; meaning: Readonly<Record<State, string>> }>> = {
  database: {
    title: 'This server',
    meaning: {
      ok: 'Joins are answered; shifts, points and certifications are kept.',
      degraded: 'Joins are answered. Shifts, points and certifications can’t be kept at the moment, and fail.',
      down: 'It can’t reach its data. Joins, shifts and commands fail until it can.',
    },
  },
  roblox: {
    title: 'Roblox',
    meaning: {
      ok: 'Ranks are asked for as usual.',
      degraded: 'It answers in part. A new rank may take some minutes to count, and ranking may fail.',
      down: 'It can’t be asked. Joins go on by the ranks that are remembered; nobody can be ranked for now.',
    },
  },
  discord: {
    title: 'Posts to Discord',
    meaning: {
      ok: 'Moderation is posted as it happens.',
      degraded: 'Some posts come later, or not at all. What was done is done.',
      down: 'Posts come later. What was done is done.',
    },
  },
  pastebin: {
    title: 'Pastebin',
    meaning: {
      ok: 'Applications are put there.',
      degraded: 'Some applications are on a page of this server instead.',
      down: 'Applications are on a page of this server instead.',
    },
  },
}

const words: Readonly<Record<State, string>> = { ok: 'works', degraded: 'works in part', down: 'is down' }

/** The status page of all communities that have turned it on, for players: no key, no numbers, no names of people. */
export class StatusPage {
  readonly #dependencies: StatusDependencies
  readonly #communities: readonly Community[]
  #kept: { page: Promise<RenderedPage>; at: number } | undefined

  constructor(dependencies: StatusDependencies, communities: readonly Community[]) {
    this.#dependencies = dependencies
    this.#communities = communities
  }

  /** At most one look at the database in five seconds, however many ask. */
  get(): Promise<RenderedPage> {
    const now = this.#dependencies.clock()
    if (this.#kept === undefined || Math.abs(now - this.#kept.at) >= keptMs)
      this.#kept = { page: this.#render(now), at: now }
    return this.#kept.page
  }

  async #render(now: number): Promise<RenderedPage> {
    const sections: string[] = []
    let isUp = true
    for (const community of this.#communities) {
      const status = await describeStatus(this.#dependencies, community)
      sections.push(renderCommunity(community.name, status))
      if (status.status === 'down') isUp = false
    }
    return { html: renderPage(sections, now), isUp }
  }
}

function renderPage(sections: readonly string[], now: number): string {
  const time = new Date(now).toISOString()
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${reloadSeconds}">
<title>Status</title>
<style>${style}</style>
</head>
<body>
<main>
${sections.join('\n')}
</main>
<footer>Looked at <time datetime="${time}">${time.slice(11, 19)} UTC</time>; this page reloads every ${reloadSeconds} seconds.</footer>
</body>
</html>
`
}

function renderCommunity(name: string, status: Status): string {
  const parts = partNames.map((part) => renderPart(part, status[part].status))
  return `<h1 class="${status.status}">${escapeHtml(name)} <b>${words[status.status]}</b></h1>
<dl>
${parts.join('')}</dl>`
}

/** A part that nobody uses, or that was not needed yet, is no news. */
function renderPart(part: Part, state: State | 'unused'): string {
  if (state === 'unused') return ''
  const { title, meaning } = descriptions[part]
  return `<div class="${state}"><dt>${title} <b>${words[state]}</b></dt><dd>${meaning[state]}</dd></div>\n`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}
