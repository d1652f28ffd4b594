import type { Command } from 'commander'
import { readConfiguration } from '../config/configuration.ts'
import { examine } from '../doctor/doctor.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { CommandError, type Output } from './output.ts'

/** `doctor`: a line a finding; those that are not `ok` say what to do. */
export function addDoctorCommand(program: Command, { out }: Output): void {
  program
    .command('doctor')
    .description('check the configuration, the database and each outside service with its key')
    .action(async () => {
      const { environment, communities, databaseUrl, isSandbox } = readConfiguration(process.env)
      out('ok       configuration: no mistakes')
      const sandbox = isSandbox ? await startSandbox({ clock: Date.now }) : undefined
      let problems = 0
      try {
        const services = sandbox?.addresses ?? environment.services
        for await (const finding of examine({ communities, services, databaseUrl, clock: Date.now })) {
          if (finding.status === 'problem') problems++
          out(`${finding.status.padEnd(8)} ${finding.subject}: ${finding.message}`)
        }
      } finally {
        await sandbox?.close()
      }
      if (problems > 0) throw new CommandError(`${problems} ${problems === 1 ? 'problem' : 'problems'}`)
    })
}
