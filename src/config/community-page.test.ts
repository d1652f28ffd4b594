import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { communityPage } from './community-page.ts'

test('the page in docs is the one that the code has', () => {
  const checkedIn = readFileSync(new URL('../../docs/community-file.md', import.meta.url), 'utf8')
  expect(checkedIn).toBe(communityPage())
})

test.each([
  ['a member that is required', /^\| `name` \|.*\| \*required\* \|$/m],
  ['one with a default', /^\| `contact` \|.*\| `"the administrators"` \|$/m],
  ['one that may be left out', /^\| `apiKey` \|.*\| nothing \|$/m],
  ['one of a map in a section', /^\| `webhooks\.audit` \|/m],
  ['one of a map whose names are ids', /^\| `ID\.minimumRank` \|.*\| `0` \|$/m],
  ['a section', /^## retention\n\nHow many days/m],
])('it has %s', (_what, expected) => {
  expect(communityPage()).toMatch(expected)
})
