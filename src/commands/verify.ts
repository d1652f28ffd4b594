import type { Command } from 'commander'
import { findFaults } from '../verify/verify.ts'
import { CommandError, type Output } from './output.ts'
import { withDatabase } from './with-database.ts'

/** `verify`: a line each row that is wrong. */
export function addVerifyCommand(program: Command, { out, error }: Output): void {
  program
    .command('verify')
    .description('prove the sums, the references and the uniqueness of the whole database')
    .action(() =>
      withDatabase(async (database) => {
        let faults = 0
        for await (const { table, row, message } of findFaults(database.read)) {
          faults++
          out(`${table} ${row}: ${message}`)
        }
        if (faults > 0) throw new CommandError(`${faults} rows are wrong`)
        error('every sum, reference and uniqueness holds')
      }),
    )
}
