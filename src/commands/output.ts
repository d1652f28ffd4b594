/** Where commands write: results to `out`, everything else to `error`. Each call is a line. */
export type Output = { out(line: string): void; error(line: string): void }

/** A command that could not do what it was asked: its message is for the person at the terminal; exit status 1. */
export class CommandError extends Error {}
