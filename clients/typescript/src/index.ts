// biome-ignore-all lint/performance/noBarrelFile: this is what the package is to whoever imports it.
export type * from './api.ts'
export { createClient, type MagicbandClient } from './client.ts'
export { MagicbandError, type MagicbandErrorCode } from './error.ts'
export type { ActOptions, CallOptions, ClientOptions } from './options.ts'
export type { Surroundings } from './send.ts'
