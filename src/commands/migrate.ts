import type { Command } from 'commander'
import { readConfiguration } from '../config/configuration.ts'
import { openDatabase } from '../database/database.ts'
import { examples } from './help.ts'
import type { Output } from './output.ts'

/** `migrate` */
export function addMigrateCommand(program: Command, { error, progress }: Output): void {
  program
    .command('migrate')
    .summary('bring the database up to date, as `start` does first')
    .description(
      'Bring the database up to date, as `start` does first, and say which migrations were done. Running servers of the version before go on.',
    )
    .addHelpText('after', examples(['magicband migrate', 'Before the new version is started anywhere']))
    .action(async () => {
      const database = openDatabase(readConfiguration(process.env).databaseUrl)
      try {
        progress('the database is brought up to date')
        const { done, newer } = await database.migrate()
        error(done.length === 0 ? 'the database is up to date' : `done: ${done.join(', ')}`)
        if (newer.length > 0)
          error(`a newer version has done ${newer.join(', ')}; this one works as well: upgrade it when it suits you`)
      } finally {
        await database.close()
      }
    })
}
