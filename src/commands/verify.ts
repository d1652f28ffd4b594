import type { Command } from 'commander'
import { findFaults } from '../verify/verify.ts'
import { CommandError, type Output } from './output.ts'
import { withDatabase } from './with-database.ts'

/** `verify`: a line each row that is wrong. */
export function addVerifyCommand(program: Command, { out, error }: Output): void {
  program
    .command('verify')
    .description('prove the sums, the references, the uniqueness and the audit trail of the whole database')
    .action(() =>
      withDatabase(async (database) => {
        let faults = 0
        // As it is at one moment: a server may be writing.
        await database.snapshot(async (db) => {
          for await (const { table, row, message } of findFaults(db)) {
            faults++
            out(`${table} ${row}: ${message}`)
          }
        })
        if (faults > 0) throw new CommandError(`${faults} rows are wrong`)
        error('every sum, reference, uniqueness and audit trail holds')
      }),
    )
}
