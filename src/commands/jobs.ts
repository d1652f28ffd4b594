import type { Command } from 'commander'
import { dropJob, listJobs, retryJob } from '../jobs/queue.ts'
import { examples } from './help.ts'
import { CommandError, type Output } from './output.ts'
import { requireCommunity, withDatabase } from './with-database.ts'

/** `jobs list | retry | drop` */
export function addJobCommands(program: Command, { out, error }: Output): void {
  const jobs = program
    .command('jobs')
    .description('list what is still to be done outside of calls, try it again, or leave it')
    .addHelpText('after', examples(['magicband jobs list', 'See what waits, and what was given up']))
  jobs
    .command('list')
    .description('print a line a job that is not done, its ID first; those given up come first')
    .option('--community <slug>', 'only the jobs of this community (default: of all)')
    .addHelpText(
      'after',
      examples(['magicband jobs list --community wed', 'What was given up is first, with its last error']),
    )
    .action(({ community }: { community?: string }) =>
      withDatabase(async (database, configuration) => {
        if (community !== undefined) requireCommunity(configuration, community)
        for (const job of await listJobs(database.read, community)) {
          const about = [job.id, job.community, job.task, job.state, `attempts ${job.attempts}`]
          const when = `runs ${new Date(job.runAt).toISOString()}`
          out([...about, when, ...(job.lastError === undefined ? [] : [JSON.stringify(job.lastError)])].join('  '))
        }
      }),
    )
  jobs
    .command('retry')
    .description('run a job at once, also one that was given up')
    .argument('<id>', 'its ID, as `jobs list` prints it')
    .addHelpText(
      'after',
      examples(['magicband jobs retry 62f6b211c393da0ce38e5dac', 'Once the reason for which it was given up is gone']),
    )
    .action((id: string) =>
      withDatabase(async (database) => {
        const isThere = await database.act((trx) => retryJob(trx, id, Date.now()))
        if (!isThere) throw new CommandError(`there is no job ${id} that waits or was given up; see: jobs list`)
        error(`job ${id} runs as soon as a server does`)
      }),
    )
  jobs
    .command('drop')
    .description('take out a job that was given up, without doing it')
    .argument('<id>', 'its ID, as `jobs list` prints it')
    .addHelpText(
      'after',
      examples([
        'magicband jobs drop 62f6b211c393da0ce38e5dac',
        'Where it will never be possible, or you did it by hand',
      ]),
    )
    .action((id: string) =>
      withDatabase(async (database) => {
        const wasThere = await database.act((trx) => dropJob(trx, id))
        if (!wasThere) throw new CommandError(`there is no job ${id} that was given up; see: jobs list`)
        error(`job ${id} is dropped`)
      }),
    )
}
