import { readdirSync, readFileSync } from 'node:fs'

/** How often a second Linux counts, on all machines that Node runs on. */
const ticksPerSecond = 100

/**
 * The processor's time in milliseconds that the PostgreSQL of this bench has used so far, with all of its processes; 0 where
 * there is none, and on systems that are not Linux.
 */
export function postgresCpuMs(): number {
  const processes = listProcesses()
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = processes.get(at)?.parent) {
      if (at === process.pid) return true
    }
    return false
  }
  let ticks = 0
  for (const [pid, one] of processes) if (one.name === 'postgres' && isOurs(pid)) ticks += one.ticks
  return (ticks * 1000) / ticksPerSecond
}

type Process = { name: string; parent: number; ticks: number }

function listProcesses(): Map<number, Process> {
  const found = new Map<number, Process>()
  if (process.platform !== 'linux') return found
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const process = readProcess(entry)
    if (process !== undefined) found.set(Number(entry), process)
  }
  return found
}

function readProcess(pid: string): Process | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // It has ended since it was listed.
    return undefined
  }
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  // From the state on: proc(5). Its own time, and that of its children that have ended.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, ...times] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]))
  return { name, parent: parent ?? 0, ticks: times.reduce((sum, one) => sum + one, 0) }
}
