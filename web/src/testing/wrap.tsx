import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'

/** What hooks need around them. */
export function withQueries() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
}

/** Draws a part of a page within a router that knows the addresses it links to. */
export async function draw(part: ReactNode) {
  const root = createRootRoute()
  const here = createRoute({ getParentRoute: () => root, path: '/', component: () => part })
  const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => 'elsewhere' })
  const router = createRouter({ routeTree: root.addChildren([here, elsewhere]), history: createMemoryHistory() })
  await router.load()
  const Queries = withQueries()
  const drawn = render(
    <Queries>
      {/* The app's own router is what the types know. */}
      <RouterProvider router={router as never} />
    </Queries>,
  )
  return { ...drawn, router }
}
