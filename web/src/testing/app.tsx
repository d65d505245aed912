import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import { vi } from 'vitest'

import { queryClient } from '@/api/client'
import { makeRouter } from '@/sitemap'

import { HEALTHY } from './fixtures'

/** What the server answers, by the name of the operation; a function is given the variables; `errors`: it refuses. */
export type Answers = Record<string, unknown>

/** Opens the whole app at an address, over answers that are typed by the schema. Returns what was sent. */
export async function openApp(path: string, answers: Answers) {
  const sent: { operation: string; variables: Record<string, unknown> }[] = []
  vi.stubGlobal('fetch', (_url: string, request: RequestInit) => {
    const { query, variables } = JSON.parse(request.body as string) as { query: string; variables: Record<string, unknown> }
    const operation = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? ''
    sent.push({ operation, variables })
    const known: Answers = { Health: HEALTHY, ...answers }
    if (!(operation in known)) throw new Error(`The test has no answer to ${operation}.`)
    const answer = known[operation]
    const data = typeof answer === 'function' ? (answer as (variables: unknown) => unknown)(variables) : answer
    const isRefusal = typeof data === 'object' && data !== null && 'errors' in data
    return Promise.resolve(new Response(JSON.stringify(isRefusal ? data : { data })))
  })
  queryClient.clear()
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }))
  await router.load()
  render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return sent
}
