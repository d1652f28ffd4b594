/** What a page answers; an object is sent as JSON, text as it is. */
export type PageAnswer = { status: number; body: string | object; headers?: Record<string, string> }

/** What a page is asked with: the parameters of its path, its headers, and its body as it came. */
export type PageRequest = {
  path: Readonly<Record<string, string | undefined>>
  headers: Readonly<Record<string, string | string[] | undefined>>
  bytes: Uint8Array
}

/** A route that needs no key. */
export type PageRoute = {
  summary: string
  description: string
  handle(request: PageRequest): Promise<PageAnswer>
}

/** Makes a page. */
export function definePage(page: PageRoute): PageRoute {
  return page
}
