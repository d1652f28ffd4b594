import { Type } from 'typebox'
import { readFields } from '../../call/body.ts'
import { type Call, defineCall, ok } from '../../call/call.ts'
import { definePage, type PageRoute } from '../../call/page.ts'
import { discordId, robloxId } from '../../call/parameters.ts'
import { Problem } from '../../problem.ts'
import { type ApplicationDependencies, describeApplication, requireCooledDown, submit } from './application.ts'
import { type ApprovalDependencies, approveAlone, rankApplicant, recordApproval } from './approval.ts'
import { type PasteDependencies, publish, readPage } from './paste.ts'

const questions = ['q1', 'q2', 'q3', 'q4'] as const
const answerLimit = 10_000

const answer = Type.String({ minLength: 1, maxLength: answerLimit })
const Application = Type.Object({ q1: answer, q2: answer, q3: answer, q4: answer })

const Uploaded = Type.Object(
  {
    status: Type.Literal('success'),
    url: Type.String({ format: 'uri', description: 'A raw text page that lives for a month' }),
  },
  { additionalProperties: false },
)

const Ranked = Type.Object(
  { status: Type.Literal('success'), message: Type.Literal('successfully ranked user') },
  { additionalProperties: false },
)

/** `POST /application/approve` */
export function approveCall(dependencies: ApprovalDependencies): Call {
  return defineCall({
    summary: 'Approve an application',
    description: 'Ranks the player in the Roblox group; a pending join request is accepted first.',
    parameters: { id: robloxId, moderator: discordId('Discord id of the moderator') },
    answers: { 200: Ranked },
    isForBot: false,
    failure: { message: "couldn't rank user" },
    handle: (context, { id, moderator }) => {
      const { community } = context
      return approveAlone(dependencies, { community: community.slug, robloxId: id }, async (approval) => {
        const { user, ranking } = await rankApplicant(dependencies, { actor: context, robloxId: id, approval })
        return context.act(async (trx) => {
          await recordApproval(trx, dependencies, { actor: context, user, ranking, moderator, approval })
          return ok({ status: 'success', message: 'successfully ranked user' })
        })
      })
    },
  })
}

/** `POST /application/upload` */
export function uploadCall(dependencies: ApplicationDependencies & PasteDependencies): Call {
  const { database, users } = dependencies
  return defineCall({
    summary: 'Upload an application',
    description: 'Four answers, as JSON or as a form; a page with them can be read from outside for a month.',
    parameters: { id: robloxId },
    body: Application,
    readBody: (body) => readFields(body, questions, answerLimit),
    answers: { 200: Uploaded },
    isForBot: false,
    failure: { message: 'error encountered' },
    handle: async (context, { id }, answers) => {
      const user = await users.getById(id)
      await requireCooledDown(database.read, dependencies, context.community, id)
      const text = describeApplication(user, answers)
      const page = await publish(dependencies, {
        community: context.community,
        robloxId: id,
        title: `Application of ${user.name}`,
        text,
      })
      return context.act(async (trx) => {
        await submit(trx, dependencies, { actor: context, user, answers, page })
        return ok({ status: 'success', url: page.url })
      })
    },
  })
}

/** `GET /pastes/:id`: the built-in page of an application, for whoever knows its address. */
export function pastePage(dependencies: PasteDependencies): PageRoute {
  return definePage({
    summary: 'Read an application',
    description: 'Plain text, until a month after it was uploaded.',
    handle: async ({ path: { id } }) => {
      const text = id === undefined ? undefined : await readPage(dependencies, id)
      if (text === undefined) throw new Problem('not-found')
      return {
        status: 200,
        body: text,
        headers: {
          'content-type': 'text/plain; charset=utf-8',
          'x-robots-tag': 'noindex, nofollow',
          'content-security-policy': "default-src 'none'; sandbox",
          'referrer-policy': 'no-referrer',
        },
      }
    },
  })
}
