import { createHmac, timingSafeEqual } from 'node:crypto'

/** A notification that is older, or from further in the future, may be one that somebody kept and sends again. */
const longestSkewSeconds = 600

/**
 * Whether Roblox signed these bytes with the webhook's secret, lately: `t=SECONDS,v1=BASE64` with the HMAC-SHA256 over
 * the time, a point and the body as it came.
 */
export function isSignedByRoblox(
  header: string | string[] | undefined,
  { bytes, secret, now }: { bytes: Uint8Array; secret: string; now: number },
): boolean {
  const parts = String(header ?? '').split(',')
  const find = (name: string) =>
    parts
      .find((part) => part.trim().startsWith(`${name}=`))
      ?.trim()
      .slice(name.length + 1)
  const [time, signature] = [find('t'), find('v1')]
  if (time === undefined || signature === undefined || !/^\d{1,12}$/.test(time)) return false
  if (Math.abs(now / 1000 - Number(time)) > longestSkewSeconds) return false
  const expected = createHmac('sha256', secret).update(`${time}.`).update(bytes).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
