import { startSandbox } from '../src/sandbox/sandbox.ts'

/** The stand-ins for Roblox and the other services, in a process of their own and without their rate limits. */
const sandbox = await startSandbox({ clock: Date.now })
for (const limit of Object.values(sandbox.world.rateLimits)) limit.limit = 1_000_000_000
process.on('disconnect', () => process.exit())
process.send?.({ addresses: sandbox.addresses, controlAddress: sandbox.controlAddress })
