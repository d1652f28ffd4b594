import { Type } from 'typebox'
import { Parse } from 'typebox/value'
import { JobGivenUp, type Task } from '../jobs/runner.ts'
import { Problem } from '../problem.ts'
import type { Users } from './users.ts'

/** Fills in the name of a player who was logged while Roblox could not be asked. */
export const learnUserTask = 'player.learn'

const Payload = Type.Object({ robloxId: Type.String() })

export function createLearnUserTask({ users }: { users: Users }): Task {
  return async (job) => {
    const { robloxId } = Parse(Payload, job.payload)
    try {
      await users.getById(robloxId)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'user-not-found') throw error
      throw new JobGivenUp(
        'Roblox knows no user with the id of whom a game server reported a shift: look at the script of the game',
        {
          cause: error,
        },
      )
    }
  }
}
