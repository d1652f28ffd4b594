import type { Static, TSchema } from 'typebox'

/**
 * Takes a schema of which every member stands, with the same type, in Roblox's own description of the answer
 * (`roblox-api.d.ts`); any other doesn't compile. A schema asks for no more than what is used.
 */
export function documented<Description>() {
  return <Schema extends TSchema>(
    schema: Static<Schema> extends Description
      ? keyof Static<Schema> extends keyof Description
        ? Schema
        : never
      : never,
  ): Schema => schema
}
