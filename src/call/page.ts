/** What a page answers; an object is sent as JSON, text as it is. */
export type PageAnswer = { status: number; body: string | object; headers?: Record<string, string> }

/** A route that needs no key. `handle` gets the parameters of its path. */
export type PageRoute = {
  summary: string
  description: string
  handle(path: Readonly<Record<string, string | undefined>>): Promise<PageAnswer>
}

/** Makes a page. */
export function definePage(page: PageRoute): PageRoute {
  return page
}
