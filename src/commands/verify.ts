import type { Command } from 'commander'
import { findFaults } from '../verify/verify.ts'
import { examples, exitStatuses } from './help.ts'
import { CommandError, type Output } from './output.ts'
import { withDatabase } from './with-database.ts'

/** `verify`: a line each row that is wrong. */
export function addVerifyCommand(program: Command, { out, error, progress }: Output): void {
  program
    .command('verify')
    .summary('prove that points, references and audit trail are whole')
    .description(
      'Prove the sums, the references, the uniqueness and the audit trail of the whole database, and of SQLite the file itself, also while the server runs; prints a line a row that is wrong.',
    )
    .addHelpText('after', exitStatuses({ 0: 'everything holds', 1: 'rows are wrong; stdout names them' }))
    .addHelpText('after', examples(['magicband verify', 'After a restore, an import, or a crash']))
    .action(() =>
      withDatabase(async (database) => {
        let faults = 0
        progress('the file')
        for (const line of await database.inspect()) {
          faults++
          out(`the file: ${line}`)
        }
        // As it is at one moment: a server may be writing.
        await database.snapshot(async (db) => {
          for await (const { table, row, message } of findFaults(db, progress)) {
            faults++
            out(`${table} ${row}: ${message}`)
          }
        })
        if (faults > 0) throw new CommandError(faults === 1 ? '1 fault was found' : `${faults} faults were found`)
        error('every sum, reference, uniqueness and audit trail holds')
      }),
    )
}
