import type { Command } from 'commander'
import { readConfiguration } from '../config/configuration.ts'
import { examine } from '../doctor/doctor.ts'
import { type Finding, ok, warning } from '../doctor/finding.ts'
import { escapeControls } from '../escape-controls.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { examples, exitStatuses } from './help.ts'
import { CommandError, type Output } from './output.ts'

/** `doctor`: a line a finding; those that are not `ok` say what to do. */
export function addDoctorCommand(program: Command, { out }: Output): void {
  program
    .command('doctor')
    .summary('check settings, database, and each outside service with its key')
    .description(
      'Check the settings, the database, and each outside service with its key: a line a finding (ok, warning or problem), which says what to do. It changes nothing but that it brings the database up to date, as `start` does.',
    )
    .addHelpText('after', exitStatuses({ 0: 'nothing is wrong; there may be warnings', 1: 'there is a problem' }))
    .addHelpText(
      'after',
      examples(
        ['magicband doctor', 'Look at everything'],
        ['magicband doctor && magicband start', 'Serve only where nothing is wrong'],
      ),
    )
    .action(async () => {
      const { environment, communities, databaseUrl, isSandbox } = readConfiguration(process.env)
      // Names in it are Roblox's, and a finding is a line.
      const tell = ({ status, subject, message }: Finding) =>
        out(escapeControls(`${status.padEnd(8)} ${subject}: ${message}`))
      tell(ok('configuration', 'no mistakes'))
      if (isSandbox) {
        const missing = `there is no community file in ${environment.communitiesFolder}, so this is about the sandbox`
        const advice = 'run it in the folder of your community, or let `magicband init` make one'
        tell(warning('communities', `${missing}: ${advice}`))
      }
      const sandbox = isSandbox ? await startSandbox({ clock: Date.now }) : undefined
      let problems = 0
      try {
        const services = sandbox?.addresses ?? environment.services
        for await (const finding of examine({ communities, services, databaseUrl, clock: Date.now })) {
          if (finding.status === 'problem') problems++
          tell(finding)
        }
      } finally {
        await sandbox?.close()
      }
      if (problems > 0) throw new CommandError(`${problems} ${problems === 1 ? 'problem' : 'problems'}`)
    })
}
