import type { TypedDocumentString } from './generated/graphql'
import { ApiError, ConnectionLost, type Problem } from './errors'

type Answer = {
  data?: unknown
  errors?: {
    message: string
    extensions?: { code?: string; field?: string; problems?: Problem[] } & Record<string, unknown>
  }[]
}

/**
 * Puts one document to the server.
 *
 * @throws ApiError where the server refused it, ConnectionLost where nobody answered.
 */
export async function execute<TResult, TVariables>(
  document: TypedDocumentString<TResult, TVariables>,
  variables: TVariables,
  signal?: AbortSignal,
): Promise<TResult> {
  const answer = await ask('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
    ...(signal && { signal }),
  })
  // The server answers in the shape that the schema gives, from which TResult was generated.
  return answer.data as TResult
}

async function ask(url: string, request: RequestInit): Promise<Answer> {
  let answer: Answer
  let status: number
  try {
    const response = await fetch(url, request)
    status = response.status
    answer = (await response.json()) as Answer
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ConnectionLost()
  }
  const refusal = answer.errors?.[0]
  if (refusal) {
    const { code = 'INTERNAL', field, problems, ...details } = refusal.extensions ?? {}
    if (code === 'UNAVAILABLE') throw new ConnectionLost(refusal.message)
    throw new ApiError(refusal.message, code, field, problems ?? [], details)
  }
  if (status >= 500) throw new ConnectionLost()
  return answer
}
