/** What nobody may read in anything that a server writes: the text of a key, or a secret of a community. */
const secrets = [
  /mb_(?:game|bot|status)_[0-9A-Za-z]{20,}/,
  /sandbox-(?:open-cloud|bloxlink|rover|pastebin)-key|sandbox-webhook-token/,
  /\/api\/webhooks\/\d+\/[\w-]{8,}/,
  /a-secret-that-roblox-knows/,
]

/** @throws where a secret stands in what was written, with the text around it */
export function requireNoSecrets(written: readonly string[]): void {
  const found = written.flatMap((text) =>
    secrets.flatMap((secret) => {
      const match = secret.exec(text)
      return match === null ? [] : [text.slice(Math.max(0, match.index - 100), match.index + 100)]
    }),
  )
  if (found.length > 0) throw new Error(`${found.length} times a secret was written, as in: ${found[0]}`)
}
