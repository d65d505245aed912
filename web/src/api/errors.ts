/** One thing that is wrong with what was sent. */
export type Problem = { path: string; code?: string; message: string; fix?: string; line?: number; column?: number }

/** The server understood and refused. Trying the same again changes nothing. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly field?: string,
    readonly problems: Problem[] = [],
    readonly details: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** Nobody answered, or the server cannot reach its database. Whether a command took effect is not known. */
export class ConnectionLost extends Error {
  constructor(message = 'The server does not answer.') {
    super(message)
    this.name = 'ConnectionLost'
  }
}

/** What a person reads about an error: what happened, and what to do. */
export type ErrorText = { title: string; detail: string; canRetry: boolean }

const TITLES: Record<string, string> = {
  INVALID: 'This cannot be done as it stands',
  NOT_FOUND: 'There is no such thing here',
  CONFLICT: 'Something changed meanwhile',
  FORBIDDEN: 'You may not do this',
  UNAUTHENTICATED: 'You are not signed in',
  RATE_LIMITED: 'Too many requests',
  ACTIVE_RUN_EXISTS: 'The same is being run already',
  INTERNAL: 'Something went wrong on the server',
}

/** Codes after which the same request may succeed. */
const PASSING = new Set(['RATE_LIMITED', 'INTERNAL', 'CONFLICT'])

/** Turns whatever was thrown into words. The server's own sentence says what to do; it is shown as it is. */
export function textOf(error: unknown): ErrorText {
  if (error instanceof ConnectionLost) {
    return {
      title: 'No connection to the server',
      detail: `${error.message} What runs goes on without this page; it is asked again by itself.`,
      canRetry: true,
    }
  }
  if (error instanceof ApiError) {
    return {
      title: TITLES[error.code] ?? 'The server refused this',
      detail: error.message,
      canRetry: PASSING.has(error.code),
    }
  }
  const detail = error instanceof Error ? error.message : String(error)
  return { title: 'This page has a fault', detail: `${detail} Loading it again may help.`, canRetry: true }
}
