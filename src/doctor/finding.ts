/** What `doctor` found out about one thing. The message says, where it isn't `ok`, what to do. */
export type Finding = { status: 'ok' | 'warning' | 'problem'; subject: string; message: string }

export function ok(subject: string, message: string): Finding {
  return { status: 'ok', subject, message }
}

export function warning(subject: string, message: string): Finding {
  return { status: 'warning', subject, message }
}

export function problem(subject: string, message: string): Finding {
  return { status: 'problem', subject, message }
}
