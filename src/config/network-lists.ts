/*
 * Networks that can be called by a name. They change: each list says where it comes from and when it was seen. Whoever
 * needs a newer one writes the networks out.
 */

/** This machine. */
export const loopback = ['127.0.0.0/8', '::1/128']

/**
 * Roblox: what AS22697 announces, from community lists of announced prefixes, seen 2025–26. Roblox publishes no such
 * list, and that every request of HttpService comes from one of these is unconfirmed.
 */
export const roblox = [
  '128.116.0.0/17',
  '103.140.28.0/23',
  '141.193.3.0/24',
  '205.201.62.0/24',
  '23.173.192.0/24',
  // China.
  '103.142.220.0/23',
  '204.9.184.0/24',
  '204.13.168.0/22',
  '204.13.172.0/23',
  '209.206.40.0/21',
]

/** Cloudflare's proxies: https://www.cloudflare.com/ips/, where Cloudflare publishes them, seen 2026-11. */
export const cloudflare = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '190.93.240.0/20',
  '188.114.96.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '131.0.72.0/22',
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  // 2a06:98c0::/29 without 2a06:98c0:3600::/48, from where Workers of other customers ask: they are callers.
  '2a06:98c0::/35',
  '2a06:98c0:2000::/36',
  '2a06:98c0:3000::/38',
  '2a06:98c0:3400::/39',
  '2a06:98c0:3601::/48',
  '2a06:98c0:3602::/47',
  '2a06:98c0:3604::/46',
  '2a06:98c0:3608::/45',
  '2a06:98c0:3610::/44',
  '2a06:98c0:3620::/43',
  '2a06:98c0:3640::/42',
  '2a06:98c0:3680::/41',
  '2a06:98c0:3700::/40',
  '2a06:98c0:3800::/37',
  '2a06:98c0:4000::/34',
  '2a06:98c0:8000::/33',
  '2a06:98c1::/32',
  '2a06:98c2::/31',
  '2a06:98c4::/30',
  '2c0f:f248::/32',
]
