/** A row that breaks a rule: where it is, and what is wrong with it. */
export type Fault = { table: string; row: string; message: string }
