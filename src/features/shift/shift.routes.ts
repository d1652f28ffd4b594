import { Success } from '../../call/answers.ts'
import { type Call, defineCall, ok } from '../../call/call.ts'
import { flag, place, robloxId, seconds, text } from '../../call/parameters.ts'
import type { Users } from '../../players/users.ts'
import { Problem } from '../../problem.ts'
import { requirePlace } from '../connect/connect.ts'
import { logShift, requireCertification, type ShiftDependencies } from './shift.ts'

type Dependencies = ShiftDependencies & { users: Users }

const longestShiftSeconds = 86_400

/** `POST /log` */
export function logCall(dependencies: Dependencies): Call {
  const { database, users } = dependencies
  return defineCall({
    summary: 'Log a shift',
    description: 'Kept and paid when it is answered. The same shift sent again is answered and does nothing more.',
    parameters: {
      id: robloxId,
      place,
      duration: seconds(0, longestShiftSeconds),
      training: flag('Whether this is a training server'),
      server: text(128, 'Roblox JobId'),
    },
    answers: { 200: Success },
    isForBot: false,
    failure: { message: 'error encountered', modifiedCount: 0 },
    handle: async (context, values) => {
      const { community } = context
      requirePlace(context, values)
      let isNameKnown = await users.isKnown(values.id)
      if (!isNameKnown) {
        if (!(await users.mayExist(values.id))) throw new Problem('user-not-found')
        isNameKnown = await users.isKnown(values.id)
      }
      const { place, server, duration, training } = values
      const shift = { robloxId: values.id, place, server, seconds: duration, isTraining: training }
      await requireCertification(database.read, community, shift)
      return context.act(async (trx) => {
        await logShift(trx, dependencies, { actor: context, shift, isNameKnown })
        return ok({ status: 'success' })
        // Shifts of one player change one sum.
      }, `${community.slug} ${values.id}`)
    },
  })
}
