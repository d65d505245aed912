import { QueryClient } from '@tanstack/react-query'

import { ConnectionLost } from './errors'

/** How long to wait before the try `count`, from 0: doubling from one second, at most thirty. */
export const retryDelay = (count: number) => Math.min(30_000, 1_000 * 2 ** count)

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (count, error) => error instanceof ConnectionLost && count < 3,
      retryDelay,
      // The server is on this machine or this network: whether the internet is there does not matter.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
