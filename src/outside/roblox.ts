import type { HttpClient } from './http-client.ts'

/** Roblox is several hosts: Open Cloud, and the older public APIs for users and groups. */
export type RobloxClients = { apis: HttpClient; users: HttpClient; groups: HttpClient }
