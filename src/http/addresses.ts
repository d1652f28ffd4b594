import { hash } from 'node:crypto'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Under what name the doings of an address are counted. An IPv4 address that is dressed as IPv6 is the same caller as
 * without. Of IPv6 a caller owns a whole /64 and could use another address each time, so the network counts. What a
 * trusted proxy sends that is no address at all is one caller. It is a hash, so that no address is written down.
 */
export function callerNameOf(address: string): string {
  return hash('sha256', networkOf(address)).slice(0, 32)
}

function networkOf(address: string): string {
  if (isIP(address) === 0) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const network = parsed.toByteArray().slice(0, 8)
  return `${Buffer.from(network).toString('hex')}/64`
}

/** The addresses of an `x-forwarded-for` without the ports that some proxies, such as Azure's, give with them. */
export function withoutPorts(addresses: string): string {
  const parts = addresses.split(',').map((part) => part.trim())
  return parts.map((part) => part.replace(/^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2')).join(', ')
}
