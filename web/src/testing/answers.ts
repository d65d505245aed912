import { vi } from 'vitest'

type Answer = { data: unknown } | { errors: { message: string; extensions?: Record<string, unknown> }[] } | 'lost'

/**
 * Answers of the server, one per request; the last one again and again. Returns what was sent.
 */
export function answerWith(...answers: [Answer, ...Answer[]]) {
  const sent: { query: string; variables: Record<string, unknown> }[] = []
  vi.stubGlobal('fetch', (_url: string, request: RequestInit) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)]
    sent.push(JSON.parse(request.body as string) as (typeof sent)[number])
    if (answer === 'lost' || answer === undefined) return Promise.reject(new TypeError('Failed to fetch'))
    return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }))
  })
  return sent
}
