import { useQuery, type QueryKey } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'

import { retryDelay } from './client'
import { ConnectionLost } from './errors'
import { execute } from './execute'
import type { TypedDocumentString } from './generated/graphql'

/** Nobody looks at a hidden tab: it is asked this seldom. */
const HIDDEN_MS = 30_000

const hidden = {
  subscribe: (listener: () => void) => {
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  },
  get: () => document.hidden,
}

type Options<TResult, TVariables> = {
  queryKey: QueryKey
  document: TypedDocumentString<TResult, TVariables>
  variables: TVariables
  /** When the server wants to be asked again, in milliseconds; null: nothing changes any more. */
  pollAfterMs: (result: TResult) => number | null
  enabled?: boolean
}

/**
 * A query that is asked again when the server says so, and not at all once nothing changes. While
 * nobody answers it is tried again at growing distances and what is known stays on the page:
 * `staleSince` is then the moment of the last answer.
 */
export function usePolled<TResult, TVariables>(options: Options<TResult, TVariables>) {
  const isHidden = useSyncExternalStore(hidden.subscribe, hidden.get)
  const query = useQuery({
    queryKey: options.queryKey,
    queryFn: ({ signal }) => execute(options.document, options.variables, signal),
    enabled: options.enabled ?? true,
    // Each failed round is shown at once, and followed by the next.
    retry: false,
    refetchIntervalInBackground: true,
    refetchInterval: ({ state }) => {
      if (state.error) {
        if (!(state.error instanceof ConnectionLost)) return false
        return Math.max(retryDelay(Math.min(state.errorUpdateCount, 5) - 1), document.hidden ? HIDDEN_MS : 0)
      }
      if (state.data === undefined) return false
      const after = options.pollAfterMs(state.data)
      return after === null ? false : document.hidden ? Math.max(after, HIDDEN_MS) : after
    },
  })
  const { refetch } = query
  const isLive = query.data !== undefined && options.pollAfterMs(query.data) !== null
  // Whoever comes back to the tab sees how things stand now.
  useEffect(() => {
    if (!isHidden && isLive) void refetch()
  }, [isHidden, isLive, refetch])
  const isStale = query.data !== undefined && query.error instanceof ConnectionLost
  return {
    data: query.data,
    error: query.data === undefined || !isStale ? query.error : null,
    isPending: query.isPending,
    isLive,
    staleSince: isStale ? new Date(query.dataUpdatedAt) : null,
    refetch,
  }
}
