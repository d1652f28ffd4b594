import type {
  ApplicationParameters,
  ApprovalParameters,
  Approved,
  Banned,
  BanParameters,
  CertificationParameters,
  Certifications,
  Connection,
  ConnectParameters,
  Granted,
  Health,
  Logged,
  Profile,
  ProfileParameters,
  Revoked,
  ServerToken,
  ServerTokenParameters,
  ShiftParameters,
  Status,
  Unbanned,
  UnbanParameters,
  Uploaded,
} from './api.ts'
import {
  type ActOptions,
  type CallOptions,
  type ClientOptions,
  checkIdempotencyKey,
  checkTimeout,
  readOptions,
} from './options.ts'
import { type Incoming, type Outgoing, send } from './send.ts'

/** The calls of Magicband. Each gives what is answered when nothing refuses it, and throws a `MagicbandError` otherwise. */
export type MagicbandClient = {
  /** `GET /connect`: what a joining player may do. A no (`auth: false`, `banned`) is an answer. */
  connect(parameters: ConnectParameters, options?: CallOptions): Promise<Connection>
  /** `GET /profile`, by exactly one of a Roblox id, a Roblox username and a Discord id. */
  profile(parameters: ProfileParameters, options?: CallOptions): Promise<Profile>
  /** `POST /certification/grant` */
  grantCertification(parameters: CertificationParameters, options?: ActOptions): Promise<Granted>
  /** `POST /certification/revoke` */
  revokeCertification(parameters: CertificationParameters, options?: ActOptions): Promise<Revoked>
  /** `POST /ban/add`; `duration` in seconds, without it the ban has no end. */
  ban(parameters: BanParameters, options?: ActOptions): Promise<Banned>
  /** `POST /ban/remove` */
  unban(parameters: UnbanParameters, options?: ActOptions): Promise<Unbanned>
  /** `POST /application/approve` */
  approveApplication(parameters: ApprovalParameters, options?: ActOptions): Promise<Approved>
  /** `POST /application/upload` */
  uploadApplication(parameters: ApplicationParameters, options?: ActOptions): Promise<Uploaded>
  /** `POST /log`; `duration` in seconds. */
  logShift(parameters: ShiftParameters, options?: ActOptions): Promise<Logged>
  /** `GET /v1/certifications`: those that there are. Asked again, it is sent again only when it has changed. */
  listCertifications(options?: CallOptions): Promise<Certifications>
  /** `POST /v1/server-token`; `not-found` where the community has none. */
  createServerToken(parameters: ServerTokenParameters, options?: CallOptions): Promise<ServerToken>
  /** `GET /status`; that the server is down is an answer. */
  status(options?: CallOptions): Promise<Status>
  /** `GET /health`, without the key; that the server is not well is an answer. */
  health(options?: CallOptions): Promise<Health>
}

/** @throws TypeError for an address, a key or a number that can't be used */
export function createClient(options: ClientOptions): MagicbandClient {
  const settings = readOptions(options)
  // What is answered has the type that the OpenAPI document says: the server's tests hold its answers to that.
  const ask = async <Answer>(outgoing: Outgoing) => {
    checkTimeout(outgoing.timeoutMs ?? settings.timeoutMs)
    return (await send(settings, outgoing)) as Incoming & { body: Answer }
  }
  type Given = Omit<Outgoing, 'method' | 'path' | 'isAnswer'> & Partial<Pick<Outgoing, 'isAnswer'>>
  const isAnswer: Outgoing['isAnswer'] = ({ status }) => status === 'success'
  const get = async <Answer>(path: string, given: Given) =>
    withAge(await ask<Answer>({ method: 'GET', path, isAnswer, ...given }))
  const act = async <Answer>(path: string, given: Given) => {
    const { idempotencyKey = settings.createIdempotencyKey() } = given
    checkIdempotencyKey(idempotencyKey)
    return withAge(await ask<Answer>({ method: 'POST', path, isAnswer, ...given, idempotencyKey }))
  }
  let known: { etag: string; body: Certifications } | undefined

  return {
    connect: (query, call) => get('/connect', { ...call, query, isAnswer: ({ auth }) => typeof auth === 'boolean' }),
    profile: async (query, call) => {
      const profile = await get<Omit<Profile, 'id'> & { id: number }>('/profile', { ...call, query })
      return { ...profile, id: String(profile.id) }
    },
    grantCertification: (query, call) => {
      const rules = { 400: 'certification-held', 403: 'rank-too-low' } as const
      return act('/certification/grant', { ...call, query, rules })
    },
    revokeCertification: (query, call) =>
      act('/certification/revoke', { ...call, query, rules: { 400: 'certification-not-held' } }),
    ban: (query, call) => act('/ban/add', { ...call, query, rules: { 400: 'already-banned' } }),
    unban: (query, call) => act('/ban/remove', { ...call, query, rules: { 400: 'not-banned' } }),
    approveApplication: (query, call) => act('/application/approve', { ...call, query }),
    uploadApplication: ({ id, ...body }, call) => act('/application/upload', { ...call, query: { id }, body }),
    logShift: (query, call) => act('/log', { ...call, query }),
    listCertifications: async (call) => {
      const headers = known === undefined ? {} : { 'if-none-match': known.etag }
      const isWanted = (status: number) => status === 304 && known !== undefined
      const path = '/v1/certifications'
      const isList: Outgoing['isAnswer'] = ({ certifications }) => Array.isArray(certifications)
      const answer = await ask<Certifications>({ method: 'GET', path, ...call, headers, isAnswer: isList, isWanted })
      if (answer.status !== 304 || known === undefined) {
        const etag = answer.headers.get('etag')
        if (etag === null) return answer.body
        known = { etag, body: answer.body }
      }
      // What is kept isn't given away, for its caller to change.
      return structuredClone(known.body)
    },
    createServerToken: async (body, call) => {
      const isToken: Outgoing['isAnswer'] = ({ token }) => typeof token === 'string'
      return (await ask<ServerToken>({ method: 'POST', path: '/v1/server-token', ...call, body, isAnswer: isToken }))
        .body
    },
    status: async (call) => {
      const isWanted = (status: number, body: unknown) => status === 503 && isObject(body) && 'version' in body
      const isStatus: Outgoing['isAnswer'] = ({ version }) => typeof version === 'string'
      return (await ask<Status>({ method: 'GET', path: '/status', ...call, isAnswer: isStatus, isWanted })).body
    },
    health: async (call) => {
      const isWanted = (status: number, body: unknown) => status === 503 && isObject(body) && !('message' in body)
      const isHealth: Outgoing['isAnswer'] = ({ status }) => status === 'ok'
      return (
        await ask<Health>({ method: 'GET', path: '/health', ...call, isOpen: true, isAnswer: isHealth, isWanted })
      ).body
    },
  }
}

function withAge<Answer>({ body, headers }: Incoming & { body: Answer }): Answer & { staleSeconds?: number } {
  const age = headers.get('x-magicband-stale')
  return { ...body, ...(age !== null && { staleSeconds: Number(age) }) }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
