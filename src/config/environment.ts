/** Origins (no path) of the outside services. Tests, mirrors and the sandbox put their own in. */
export type ServiceAddresses = {
  robloxApis: string
  robloxUsers: string
  robloxGroups: string
  robloxThumbnails: string
  bloxlink: string
  rover: string
  pastebin: string
  discord: string
}
