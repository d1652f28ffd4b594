import { OutsideError } from '../outside/outside-error.ts'
import { Problem } from '../problem.ts'

/** How long an answer of Roblox's is held back until it is remembered: then nobody asks for the same again. */
export const rememberingMs = 500

/**
 * Waits for an answer `ms` milliseconds at most. The question goes on; undefined stands for one that isn't answered yet,
 * or that an outside service could not be asked. Any other failure is thrown: it is ours, and no reason to believe less.
 */
export async function wait<T>(question: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([question, patience])
  } catch (error) {
    if (error instanceof OutsideError || (error instanceof Problem && error.code === 'roblox-unavailable'))
      return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}
