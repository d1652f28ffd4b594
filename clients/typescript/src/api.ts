import type { paths } from './openapi.ts'

/** One call as the OpenAPI document has it. */
type Operation<Path extends keyof paths, Method extends 'get' | 'post'> = paths[Path][Method]

type QueryOf<O> = O extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never
type BodyOf<O> = O extends { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never
type AnswerOf<O, Status extends number> = O extends {
  responses: Record<Status, { content: { 'application/json': infer Answer } }>
}
  ? Answer
  : never

/** A query has everything as text; here ids are text too, which no JavaScript number can spoil, and flags are flags. */
type Given<Query> = {
  [Name in keyof Query]:
    | (Name extends 'id' | 'place' ? string : Name extends 'training' ? boolean : Query[Name])
    // What may be left out may also be undefined, whatever the caller's compiler says of the difference.
    | (object extends Pick<Query, Name> ? undefined : never)
}

type ExactlyOne<Members> = {
  [Name in keyof Members]-?: Required<Pick<Members, Name>> & { [Other in Exclude<keyof Members, Name>]?: never }
}[keyof Members]

/** A rank in the answer is older than the community wants, since Roblox can't be asked; so many seconds. */
type MaybeStale = { staleSeconds?: number }

type Connect = Operation<'/connect', 'get'>
export type ConnectParameters = Given<QueryOf<Connect>>
export type Connection = AnswerOf<Connect, 200> & MaybeStale

type ProfileCall = Operation<'/profile', 'get'>
export type ProfileParameters = ExactlyOne<Given<QueryOf<ProfileCall>>>
export type Profile = Omit<AnswerOf<ProfileCall, 200>, 'id'> & { id: string } & MaybeStale

export type CertificationParameters = Given<QueryOf<Operation<'/certification/grant', 'post'>>>
export type Granted = AnswerOf<Operation<'/certification/grant', 'post'>, 200> & MaybeStale
export type Revoked = AnswerOf<Operation<'/certification/revoke', 'post'>, 200>

export type BanParameters = Given<QueryOf<Operation<'/ban/add', 'post'>>>
export type Banned = AnswerOf<Operation<'/ban/add', 'post'>, 200>
export type UnbanParameters = Given<QueryOf<Operation<'/ban/remove', 'post'>>>
export type Unbanned = AnswerOf<Operation<'/ban/remove', 'post'>, 200>

export type ApprovalParameters = Given<QueryOf<Operation<'/application/approve', 'post'>>>
export type Approved = AnswerOf<Operation<'/application/approve', 'post'>, 200>
type Upload = Operation<'/application/upload', 'post'>
export type ApplicationParameters = Given<QueryOf<Upload>> & BodyOf<Upload>
export type Uploaded = AnswerOf<Upload, 200>

export type ShiftParameters = Given<QueryOf<Operation<'/log', 'post'>>>
export type Logged = AnswerOf<Operation<'/log', 'post'>, 200>

export type Certifications = AnswerOf<Operation<'/v1/certifications', 'get'>, 200>

type TokenCall = Operation<'/v1/server-token', 'post'>
export type ServerTokenParameters = BodyOf<TokenCall>
export type ServerToken = AnswerOf<TokenCall, 201>

export type Status = AnswerOf<Operation<'/status', 'get'>, 200>
/** The document says this in words only. */
export type Health = { status: 'ok' | 'error' }
