import ipaddr from 'ipaddr.js'

/**
 * The network that the text names, in CIDR notation: a plain address is a network of one address.
 * Undefined for anything else, the sloppy forms of IPv4 (`10.1`, `0x7f.1`) included.
 */
export function findNetwork(text: string): string | undefined {
  const { IPv4, IPv6 } = ipaddr
  if (IPv4.isValidFourPartDecimal(text)) return `${text}/32`
  if (IPv4.isValidCIDRFourPartDecimal(text)) return text
  // Callers are compared in their IPv4 form, which a zone or an IPv4 address dressed as IPv6 would never match.
  if (text.includes('%') || text.includes('.')) return undefined
  if (IPv6.isValid(text)) return `${text}/128`
  return IPv6.isValidCIDR(text) ? text : undefined
}
