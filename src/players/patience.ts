/**
 * Waits for an answer `ms` milliseconds at most. The question goes on; undefined stands for one that isn't answered yet
 * or that failed, which whoever asked it has dealt with.
 */
export async function wait<T>(question: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([question, patience])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
