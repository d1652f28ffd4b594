import type { Command } from 'commander'
import { pino } from 'pino'
import { createApp } from '../app.ts'
import { communityPage } from '../config/community-page.ts'
import { communityJsonSchema } from '../config/community-schema.ts'
import { readSandboxCommunity } from '../config/configuration.ts'
import { readEnvironment } from '../config/environment.ts'
import { examples } from './help.ts'
import type { Output } from './output.ts'

/** `openapi`: a document that is made from the code, and checked in. */
export function addOpenApiCommand(program: Command, { out }: Output): void {
  program
    .command('openapi')
    .description('print the OpenAPI document of the calls')
    .addHelpText('after', examples(['magicband openapi > openapi.json', 'For tools that make clients']))
    .action(async () => out(await openApiDocument()))
}

/** `community-schema`: a document that is made from the code, and checked in. */
export function addCommunitySchemaCommand(program: Command, { out }: Output): void {
  program
    .command('community-schema')
    .description('print the JSON Schema of community files, for editors')
    .option('--markdown', 'print a page to read instead')
    .addHelpText(
      'after',
      examples(
        [
          'magicband community-schema > communities/community.schema.json',
          'Beside the community files, where their first line names it',
        ],
        ['magicband community-schema --markdown > community-file.md', 'To read'],
      ),
    )
    .action(({ markdown }: { markdown?: true }) =>
      out(markdown ? communityPage().trimEnd() : JSON.stringify(communityJsonSchema(), null, 2)),
    )
}

/** The OpenAPI document as JSON; nothing is configured, opened or listened on for it. */
export async function openApiDocument(): Promise<string> {
  const app = createApp({
    communities: [readSandboxCommunity({})],
    services: readEnvironment({}).services,
    // Nothing connects to it before the first query, and there is none.
    databaseUrl: 'postgres://nowhere',
    trustProxy: [],
    log: pino({ level: 'silent' }),
    publicUrl: () => '',
  })
  await app.server.ready()
  const document = JSON.stringify(app.server.swagger(), null, 2)
  await app.stop()
  return document
}
