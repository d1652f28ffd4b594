import type { JobOutcome } from '../telemetry/job-metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Job } from './queue.ts'

/** Follows one run of a job: every line of log on the way names it, and it is counted and has a span. */
export async function followJob(
  telemetry: Telemetry | undefined,
  { id, task }: Pick<Job, 'id' | 'task'>,
  work: () => Promise<JobOutcome>,
): Promise<void> {
  if (telemetry === undefined) {
    await work()
    return
  }
  const { metrics, tracing, logContext } = telemetry
  const startedAt = performance.now()
  const run = async (ids: object): Promise<JobOutcome> => {
    const outcome = await logContext.run({ job: id, task, ...ids }, work)
    metrics.jobs.ended(task, outcome, performance.now() - startedAt)
    return outcome
  }
  if (tracing === undefined) await run({})
  else
    await tracing.run({ name: `job ${task}`, kind: 'consumer', attributes: {} }, async (span, ids) => {
      span.setAttribute('magicband.outcome', await run(ids))
    })
}
