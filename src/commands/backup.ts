import { lstatSync } from 'node:fs'
import type { Command } from 'commander'
import { NewerDatabase, writeBackup } from '../backup/backup.ts'
import { NotRestorable, restoreBackup } from '../backup/restore.ts'
import { examples } from './help.ts'
import { CommandError, type Output } from './output.ts'
import { requireOwnDatabase, withDatabase, withDatabaseOrNew } from './with-database.ts'

/** `backup` */
export function addBackupCommand(program: Command, { error, progress }: Output): void {
  program
    .command('backup')
    .description('write the whole database into one file, also while the server runs')
    .argument('<file>', 'where to: gzipped lines of JSON, of one moment, for either kind of database')
    .addHelpText(
      'after',
      examples(['magicband backup /backups/magicband.gz', 'Into a file, which is replaced once the new one is whole']),
    )
    .action((file: string) =>
      withDatabase(async (database, configuration) => {
        requireOwnDatabase(configuration)
        requirePlainFile(file)
        const tell = (soFar: number) => progress(`${soFar} rows`)
        try {
          const rows = await writeBackup(database, file, { now: Date.now(), progress: tell })
          error(`${rows} rows are in ${file}`)
        } catch (cause) {
          throw cause instanceof NewerDatabase ? new CommandError(cause.message, { cause }) : cause
        }
      }),
    )
}

/** What takes the place of a link or a device would be lost where it leads, and the device gone. */
function requirePlainFile(file: string): void {
  if (file === '-') throw new CommandError('- is no file: name one')
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new CommandError(`${file} is a folder, a link or a device: name a file, which is made or replaced`)
}

/** `restore` */
export function addRestoreCommand(program: Command, { error, progress }: Output): void {
  program
    .command('restore')
    .description('put a backup into an empty database, all of it or nothing')
    .argument('<file>', 'what `backup` wrote')
    .addHelpText(
      'after',
      examples(
        ['magicband restore /backups/magicband.gz', 'Into the empty database that DATABASE_URL names'],
        [
          'DATABASE_URL=postgres://magicband@127.0.0.1/magicband magicband restore /backups/magicband.gz',
          'Move from SQLite to PostgreSQL',
        ],
      ),
    )
    .action((file: string) =>
      withDatabaseOrNew(requireOwnDatabase, async (database) => {
        try {
          const rows = await restoreBackup(database, file, (soFar) => progress(`${soFar} rows`))
          error(`${rows} rows are restored; check them with: verify`)
        } catch (cause) {
          throw cause instanceof NotRestorable ? new CommandError(cause.message, { cause }) : cause
        }
      }),
    )
}
